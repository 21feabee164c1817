import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { type UpdateUserInfoRequest, type UserInfoSchema, UserStatus } from '../../proto/gen/weft/user/v1/user_info_pb';
import type { Handlers } from '../kit/protocol/rpc';
import { StatusError } from '../kit/errors/status-error';
import type { userInfo } from './service';
import { TakenError, type UserChanges, type UserRecord, type UserStore, type UserWithRights } from './store';

type UserInfo = MessageInitShape<typeof UserInfoSchema>;

const MAX_BATCH = 500;

interface Rights {
  includeRoles: boolean;
  includePermissions: boolean;
}

export function createUserInfoHandlers({ users }: { users: UserStore }): Handlers<typeof userInfo> {
  return { info: createInfoHandlers(users), accounts: createAccountHandlers(users) };
}

function createInfoHandlers(users: UserStore): Handlers<typeof userInfo>['info'] {
  return {
    async getUserInfo(request) {
      return { user: toUserInfo(await findOne(users, request.userId), request) };
    },

    async getUserInfoBatch(request) {
      const found = new Map((await users.find(request.userIds)).map((user) => [user.userId, user]));
      const ids = [...new Set(request.userIds)];
      return {
        users: ids.flatMap((id) => found.get(id) ?? []).map((user) => toUserInfo(user, request)),
        missingUserIds: ids.filter((id) => !found.has(id)),
      };
    },

    async updateUserInfo({ userId, ...request }) {
      const user = await refuseTaken(() => users.update(userId, changesOf(request)));
      if (!user) throw notFound(userId);
      return { user: toUserInfo(user) };
    },

    async searchUsers({ keyword, page, pageSize }) {
      const size = pageSize || 20;
      const found = await users.search(keyword, (Math.max(page, 1) - 1) * size, size);
      return { users: found.users.map((user) => toUserInfo(user)), total: found.total };
    },

    async *streamUsers({ batchSize }) {
      const size = batchSize || 50;
      let batch: UserInfo[] = [];
      for await (const user of users.all(size)) {
        batch.push(toUserInfo(user));
        if (batch.length < size) continue;
        yield { users: batch };
        batch = [];
      }
      if (batch.length > 0) yield { users: batch };
    },
  };
}

function createAccountHandlers(users: UserStore): Handlers<typeof userInfo>['accounts'] {
  return {
    async getUser({ userId }) {
      return { user: toUser(await findOne(users, userId)) };
    },

    async *listUsers() {
      for await (const user of users.all(MAX_BATCH)) yield { user: toUser(user) };
    },

    async createUser({ username, email, realName }) {
      return { user: toUser(await refuseTaken(() => users.create({ username, email, realName }))) };
    },
  };
}

async function findOne(users: UserStore, userId: string): Promise<UserWithRights> {
  const [user] = await users.find([userId]);
  if (!user) throw notFound(userId);
  return user;
}

function notFound(userId: string): StatusError {
  return new StatusError('NOT_FOUND', 'user.not-found', { user_id: userId });
}

async function refuseTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof TakenError) throw new StatusError('ALREADY_EXISTS', 'user.taken', { field: error.field });
    throw error;
  }
}

type StoredStatus = UserRecord['status'];

/** The rules of the contract allow no other status. */
const STATUSES: Partial<Record<UserStatus, StoredStatus>> = {
  [UserStatus.ACTIVE]: 'ACTIVE',
  [UserStatus.SUSPENDED]: 'SUSPENDED',
};

type UpdateFields = Pick<UpdateUserInfoRequest, 'email' | 'phone' | 'avatar' | 'realName' | 'status'>;

/** Only the fields that the request has. */
function changesOf({ email, phone, avatar, realName, status }: UpdateFields): UserChanges {
  const given = Object.entries({ email, phone, avatar, realName }).filter(([, value]) => value !== undefined);
  const changes: UserChanges = Object.fromEntries(given);
  const stored = status && STATUSES[status];
  return stored ? { ...changes, status: stored } : changes;
}

function toUserInfo(user: UserRecord & Partial<UserWithRights>, rights?: Rights): UserInfo {
  return {
    ...toUser(user),
    phone: user.phone,
    avatar: user.avatar,
    realName: user.realName,
    status: UserStatus[user.status],
    updatedAt: timestampFromDate(user.updatedAt),
    roles: rights?.includeRoles ? (user.roles ?? []) : [],
    permissions: rights?.includePermissions ? (user.permissions ?? []) : [],
  };
}

function toUser({ userId, username, email, createdAt }: UserRecord) {
  return { userId, username, email, createdAt: timestampFromDate(createdAt) };
}
