import { randomUUID } from 'node:crypto';
import { type Document, MongoServerError } from 'mongodb';
import type { Database } from '../kit/mongo/store';

/** A user as stored. */
export interface UserRecord {
  userId: string;
  username: string;
  email: string;
  phone: string;
  avatar: string;
  realName: string;
  status: 'ACTIVE' | 'SUSPENDED';
  createdAt: Date;
  updatedAt: Date;
}

/** A user with roles and permissions. */
export interface UserWithRights extends UserRecord {
  roles: string[];
  permissions: string[];
}

/** The fields of a user that can be changed. */
export type UserChanges = Partial<Pick<UserRecord, 'email' | 'phone' | 'avatar' | 'realName' | 'status'>>;

/** The field that another user already has. */
export class TakenError extends Error {
  constructor(readonly field: 'username' | 'email') {
    super(`${field} is taken`);
  }
}

export type UserStore = Awaited<ReturnType<typeof createUserStore>>;

/** The collections `users`, `userRoles` and `rolePermissions`. */
export async function createUserStore(db: Database) {
  const users = () => db.collection<UserRecord>('users');
  await Promise.all([
    users().createIndexes([
      { key: { userId: 1 }, unique: true },
      { key: { username: 1 }, unique: true },
      { key: { email: 1 }, unique: true },
    ]),
    db.collection('userRoles').createIndexes([{ key: { userId: 1, role: 1 }, unique: true }]),
    db.collection('rolePermissions').createIndexes([{ key: { role: 1, permission: 1 }, unique: true }]),
  ]);
  return {
    /** The users that exist, with their rights, in one query. */
    async find(userIds: string[]): Promise<UserWithRights[]> {
      // Larger than any result: otherwise the driver asks for the rest of a large batch.
      const options = { batchSize: userIds.length + 1 };
      const rows = await users()
        .aggregate([{ $match: { userId: { $in: userIds } } }, ...WITH_RIGHTS], options)
        .toArray();
      return rows.map(withRights);
    },

    /** @returns the user after the change, or undefined if there is no such user @throws TakenError */
    async update(userId: string, changes: UserChanges): Promise<UserRecord | undefined> {
      const update = { $set: { ...changes, updatedAt: new Date() } };
      const found = await orTaken(() => users().findOneAndUpdate({ userId }, update, { returnDocument: 'after' }));
      return found ?? undefined;
    },

    /** @throws TakenError */
    async create(fields: Pick<UserRecord, 'username' | 'email' | 'realName'>): Promise<UserRecord> {
      const now = new Date();
      const rest = { phone: '', avatar: '', status: 'ACTIVE', createdAt: now, updatedAt: now } as const;
      const user: UserRecord = { userId: `u-${randomUUID()}`, ...fields, ...rest };
      await orTaken(() => users().insertOne({ ...user }));
      return user;
    },

    /** One page of the users whose username, real name or email contains the keyword, and the number of all of them. */
    async search(keyword: string, skip: number, limit: number): Promise<{ users: UserRecord[]; total: number }> {
      const pattern = { $regex: escapeRegExp(keyword), $options: 'i' };
      const filter = { $or: [{ username: pattern }, { realName: pattern }, { email: pattern }] };
      const [page, total] = await Promise.all([
        users().find(filter).sort({ userId: 1 }).skip(skip).limit(limit).toArray(),
        users().countDocuments(filter),
      ]);
      return { users: page, total };
    },

    /** Every user, ordered by userId, fetched as they are read. @param batchSize how many to fetch at once */
    async *all(batchSize: number): AsyncGenerator<UserRecord> {
      yield* users().find({}).sort({ userId: 1 }).batchSize(batchSize);
    },
  };
}

const WITH_RIGHTS: Document[] = [
  { $lookup: { from: 'userRoles', localField: 'userId', foreignField: 'userId', as: 'roles' } },
  { $lookup: { from: 'rolePermissions', localField: 'roles.role', foreignField: 'role', as: 'permissions' } },
];

function withRights(row: Document): UserWithRights {
  const names = (key: string, field: string): string[] => {
    const rows = row[key] as Document[];
    return [...new Set(rows.map((each) => String(each[field])))].sort();
  };
  return { ...(row as UserRecord), roles: names('roles', 'role'), permissions: names('permissions', 'permission') };
}

/** MongoDB's code for a write that a unique index refuses. */
export const DUPLICATE_KEY = 11_000;

async function orTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
    // Not from the message, which contains the value too.
    const key = error['keyPattern'] as Document | undefined;
    throw new TakenError(key?.['username'] === undefined ? 'email' : 'username');
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
