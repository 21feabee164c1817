import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { type GetUserInfoBatchRequest, UserStatus } from '../../../proto/gen/weft/user/v1/user_info_pb';
import type { BareUser } from './bare-contracts';

/** How many users a call asks for. */
const USERS = 20;

interface StoredUser {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly roles: string[];
}

const stored = new Map(
  Array.from({ length: USERS }, (_, index): [string, StoredUser] => {
    const id = `u-${1001 + index}`;
    const createdAt = new Date(Date.UTC(2025, 0, 1 + index, 12, 30, 15, 250));
    return [id, { id, name: `ada${index}`, createdAt, roles: ['editor', 'reader'] }];
  }),
);

export const helloRequest = { name: 'Ada' };
export const userIds = [...stored.keys()];

export function answerHello({ name }: { name: string }) {
  return { message: `Hello, ${name}!`, locale: 'en' };
}

/** Through the kit. */
export function answerUsers(request: GetUserInfoBatchRequest) {
  return { users: request.userIds.flatMap((id) => stored.get(id) ?? []).map(kitUser), missingUserIds: [] };
}

function kitUser({ id, name, createdAt, roles }: StoredUser) {
  return {
    userId: id,
    username: name,
    email: `${name}@example.com`,
    phone: '+44 20 7946 0000',
    avatar: `https://example.com/avatars/${id}.png`,
    realName: 'Ada Lovelace',
    status: UserStatus.ACTIVE,
    createdAt: timestampFromMs(createdAt.getTime()),
    updatedAt: timestampFromMs(createdAt.getTime()),
    roles,
    permissions: [],
  };
}

/** The same with grpc-js alone. */
export function answerBareUsers(request: { user_ids: string[] }) {
  return { users: request.user_ids.flatMap((id) => stored.get(id) ?? []).map(bareUser), missing_user_ids: [] };
}

function bareUser({ id, name, createdAt, roles }: StoredUser): BareUser {
  return {
    user_id: id,
    username: name,
    email: `${name}@example.com`,
    phone: '+44 20 7946 0000',
    avatar: `https://example.com/avatars/${id}.png`,
    real_name: 'Ada Lovelace',
    status: 'USER_STATUS_ACTIVE',
    created_at: bareTimestamp(createdAt),
    updated_at: bareTimestamp(createdAt),
    roles,
    permissions: [],
  };
}

function bareTimestamp(date: Date) {
  const ms = date.getTime();
  return { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 };
}
