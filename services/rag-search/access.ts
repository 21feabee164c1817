import type { Call } from '../kit/call';
import type { Clients } from '../kit/rpc';
import { StatusError } from '../kit/status-error';
import type { ragSearch } from './service';

/** May throw PERMISSION_DENIED, or UNAUTHENTICATED for a caller that does not exist. */
export interface Access {
  /** @returns who asks, once every one of the collections may be searched */
  require(ragCodes: Iterable<string>, call: Call): Promise<string>;
}

/**
 * Asks user-info what the caller may do. The permission `rag.search:<rag_code>`, or `rag.search:*`, lets a
 * user search.
 *
 * @param guestUserId whose rights a caller has who does not say who it is
 */
export function createAccess(users: Clients<typeof ragSearch>['users'], guestUserId: string): Access {
  async function permissionsOf(userId: string, call: Call): Promise<string[]> {
    try {
      const { user } = await users.getUserInfo({ userId, includeRoles: true, includePermissions: true }, call);
      return user?.status === 'USER_STATUS_ACTIVE' ? user.permissions : [];
    } catch (error) {
      if (error instanceof StatusError && error.code === 'NOT_FOUND')
        throw new StatusError('UNAUTHENTICATED', 'caller.unknown', { user_id: userId });
      throw error;
    }
  }

  return {
    async require(ragCodes, call) {
      const userId = call.user?.id ?? guestUserId;
      const permissions = await permissionsOf(userId, call);
      for (const ragCode of ragCodes)
        if (!permissions.includes('rag.search:*') && !permissions.includes(`rag.search:${ragCode}`))
          throw new StatusError('PERMISSION_DENIED', 'search.denied', { user_id: userId, rag_code: ragCode });
      return userId;
    },
  };
}
