import { MongoBulkWriteError } from 'mongodb';
import type { Database } from '../kit/mongo/store';
import { DUPLICATE_KEY, type UserRecord } from './store';

/** The user whose rights an anonymous caller gets. */
export const GUEST_USER_ID = 'u-guest';

const GIVEN = ['Ada', 'Bela', 'Chen', 'Dora', 'Emil', 'Fatima', 'Goran', 'Hana', 'Ivo', 'Jun'];
const FAMILY = ['Larsen', 'Moreau', 'Wang', 'Okafor'];

const PERMISSIONS: Record<string, string[]> = {
  admin: ['rag.ingest:*', 'rag.search:*', 'users.read', 'users.write'],
  editor: ['rag.ingest:*', 'rag.search:*', 'users.read'],
  reader: ['rag.search:docs', 'users.read'],
  guest: ['rag.search:docs'],
};

// The last of ten users has no role, and therefore no rights.
const ROLES = ['admin', 'editor', 'reader', 'reader', 'reader', 'reader', 'editor', 'reader', 'reader', undefined];

/**
 * Writes example users: u-1001 to u-1040, and the guest. It writes only what is missing, so replicas may race, and
 * skips a user whose name or address is taken.
 */
export async function seedUsers(db: Database): Promise<void> {
  const users = [guest(), ...Array.from({ length: 40 }, (_, index) => user(index))];
  await upsert(db, 'users', users, (each) => ({ userId: each.userId }));
  await upsert(db, 'userRoles', roleRows(), (row) => row);
  await upsert(db, 'rolePermissions', permissionRows(), (row) => row);
}

function user(index: number): UserRecord {
  const given = GIVEN[index % GIVEN.length] ?? '';
  const family = FAMILY[Math.floor(index / GIVEN.length)] ?? '';
  return record(`u-${1001 + index}`, `${given}.${family}`.toLowerCase(), `${given} ${family}`, index);
}

function guest(): UserRecord {
  return record(GUEST_USER_ID, 'guest', 'Guest', 0);
}

function record(userId: string, username: string, realName: string, day: number): UserRecord {
  const created = new Date(Date.UTC(2026, 0, 1 + day, 9));
  return {
    userId,
    username,
    email: `${username}@example.com`,
    phone: '',
    avatar: '',
    realName,
    status: 'ACTIVE',
    createdAt: created,
    updatedAt: created,
  };
}

function roleRows(): { userId: string; role: string }[] {
  const people = Array.from({ length: 40 }, (_, index) => ({ userId: `u-${1001 + index}`, role: ROLES[index % 10] }));
  return [{ userId: GUEST_USER_ID, role: 'guest' }, ...people].filter(
    (row): row is { userId: string; role: string } => row.role !== undefined,
  );
}

function permissionRows(): { role: string; permission: string }[] {
  return Object.entries(PERMISSIONS).flatMap(([role, all]) => all.map((permission) => ({ role, permission })));
}

async function upsert<T extends object>(db: Database, name: string, rows: T[], key: (row: T) => object): Promise<void> {
  const writes = rows.map((row) => ({ updateOne: { filter: key(row), update: { $setOnInsert: row }, upsert: true } }));
  try {
    await db.collection(name).bulkWrite(writes, { ordered: false });
  } catch (error) {
    // Of two equal upserts at the same time MongoDB may fail one; the other has written the row.
    if (!onlyDuplicates(error)) throw error;
  }
}

function onlyDuplicates(error: unknown): boolean {
  const writeErrors = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
  return writeErrors.length > 0 && writeErrors.every(({ code }) => code === DUPLICATE_KEY);
}
