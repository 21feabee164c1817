import { UserStatus } from '../../proto/gen/weft/user/v1/user_info_pb';
import type { Call } from '../kit/protocol/call';
import type { Clients } from '../kit/protocol/rpc';
import { StatusError } from '../kit/errors/status-error';
import type { ragSearch } from './service';

/** An action on a collection; the permission is `rag.<right>:<rag_code>`. */
export type Right = 'search' | 'ingest';

/** Stands for every collection, also future ones. */
export const EVERY_COLLECTION = '*';

/** Both methods throw UNAUTHENTICATED for a user that does not exist. */
export interface Access {
  /**
   * @returns the id of the caller
   * @throws StatusError PERMISSION_DENIED unless the caller has the right to all collections
   */
  require(right: Right, ragCodes: Iterable<string>, call: Call): Promise<string>;
  /** @returns those of the collections to which the caller has the right */
  permitted(right: Right, ragCodes: Iterable<string>, call: Call): Promise<Set<string>>;
}

/**
 * Asks user-info for the rights of the caller, once for any number of collections.
 *
 * @param guestUserId the user whose rights an anonymous caller gets
 */
export function createAccess(users: Clients<typeof ragSearch>['users'], guestUserId: string): Access {
  const callerOf = (call: Call): string => call.user?.id ?? guestUserId;
  return {
    async require(right, ragCodes, call) {
      const userId = callerOf(call);
      const permissions = await permissionsOf(users, userId, call);
      for (const ragCode of ragCodes) if (!grants(permissions, right, ragCode)) throw denied(right, userId, ragCode);
      return userId;
    },

    async permitted(right, ragCodes, call) {
      const permissions = await permissionsOf(users, callerOf(call), call);
      return new Set([...ragCodes].filter((ragCode) => grants(permissions, right, ragCode)));
    },
  };
}

async function permissionsOf(users: Clients<typeof ragSearch>['users'], userId: string, call: Call): Promise<string[]> {
  try {
    const { user } = await users.getUserInfo({ userId, includeRoles: true, includePermissions: true }, call);
    return user?.status === UserStatus.ACTIVE ? user.permissions : [];
  } catch (error) {
    if (error instanceof StatusError && error.code === 'NOT_FOUND')
      throw new StatusError('UNAUTHENTICATED', 'caller.unknown', { user_id: userId });
    throw error;
  }
}

function grants(permissions: string[], right: Right, ragCode: string): boolean {
  return [ragCode, EVERY_COLLECTION].some((code) => permissions.includes(`rag.${right}:${code}`));
}

function denied(right: Right, userId: string, ragCode: string): StatusError {
  return right === 'search'
    ? new StatusError('PERMISSION_DENIED', 'search.denied', { user_id: userId, rag_code: ragCode })
    : new StatusError('PERMISSION_DENIED', 'ingest.denied', { user_id: userId, rag_code: ragCode });
}
