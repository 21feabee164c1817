import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { createReplacedClient } from '../kit/testing/replaced-client';
import { createUserStore, TakenError, type UserStore } from './store';

let database: TestMongo;
let db: Db;
let users: UserStore;
let commands: string[];

beforeAll(async () => {
  database = await startMongo();
  database.client.on('commandStarted', ({ commandName }) => commands.push(commandName));
});

afterAll(async () => {
  await database.stop();
});

beforeEach(async () => {
  commands = [];
  db = database.client.db('user-info');
  await db.dropDatabase();
  users = await createUserStore(db);
  commands = [];
});

/** Users u-000, u-001, and so on, all of them readers. */
async function insertUsers(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => `u-${String(n).padStart(3, '0')}`);
  const now = new Date();
  const rest = { phone: '', avatar: '', realName: '', status: 'ACTIVE', createdAt: now, updatedAt: now };
  await db
    .collection('users')
    .insertMany(ids.map((id) => ({ userId: id, username: id, email: `${id}@example.com`, ...rest })));
  await db.collection('userRoles').insertMany(ids.map((userId) => ({ userId, role: 'reader' })));
  await db.collection('rolePermissions').insertMany([{ role: 'reader', permission: 'users.read' }]);
  commands = [];
  return ids;
}

describe('finding', () => {
  // 101 is how many documents MongoDB sends at first unless told otherwise.
  test.each([1, 3, 101, 102, 500])('takes one command for %i users and their rights', async (count) => {
    const ids = await insertUsers(count);
    const found = await users.find(ids);
    expect(commands).toEqual(['aggregate']);
    expect(found.map(({ userId }) => userId).sort()).toEqual(ids);
    expect(new Set(found.flatMap(({ roles, permissions }) => [...roles, ...permissions]))).toEqual(
      new Set(['reader', 'users.read']),
    );
  });

  test('gives a user with no role no rights', async () => {
    await users.create({ username: 'ada', email: 'ada@example.com', realName: 'Ada' });
    const [ada] = await db.collection('users').find().toArray();
    expect(await users.find([String(ada?.['userId'])])).toMatchObject([{ roles: [], permissions: [] }]);
  });

  test('names what several roles permit once, sorted', async () => {
    await insertUsers(1);
    await db.collection('userRoles').insertOne({ userId: 'u-000', role: 'admin' });
    const rows = ['users.write', 'users.read'].map((permission) => ({ role: 'admin', permission }));
    await db.collection('rolePermissions').insertMany(rows);
    expect(await users.find(['u-000'])).toMatchObject([
      { roles: ['admin', 'reader'], permissions: ['users.read', 'users.write'] },
    ]);
  });
});

describe('reading all', () => {
  test('fetches as many at once as it is told, ordered by id', async () => {
    const ids = await insertUsers(25);
    const seen: string[] = [];
    for await (const { userId } of users.all(10)) seen.push(userId);
    expect(seen).toEqual(ids);
    expect(commands).toEqual(['find', 'getMore', 'getMore']);
  });

  test('closes its cursor when it is left early', async () => {
    await insertUsers(25);
    for await (const { userId } of users.all(10)) if (userId === 'u-003') break;
    expect(commands).toEqual(['find', 'killCursors']);
  });
});

describe('a field that somebody else has', () => {
  beforeEach(() => users.create({ username: 'username', email: 'username@example.com', realName: '' }));

  test.each([
    ['username', { username: 'username', email: 'other@example.com' }],
    // The message of the database then has the word in it as well.
    ['email', { username: 'other', email: 'username@example.com' }],
  ])('is named: %s', async (field, fields) => {
    const creating = users.create({ ...fields, realName: '' });
    await expect(creating).rejects.toThrow(TakenError);
    await expect(creating).rejects.toMatchObject({ field });
    expect(await db.collection('users').countDocuments()).toBe(1);
  });

  test('is named when an update asks for it', async () => {
    const { userId } = await users.create({ username: 'ada', email: 'ada@example.com', realName: '' });
    const updating = users.update(userId, { email: 'username@example.com', realName: 'Ada' });
    await expect(updating).rejects.toMatchObject({ field: 'email' });
    expect(await users.find([userId])).toMatchObject([{ email: 'ada@example.com', realName: '' }]);
  });
});

test('another error of the database is not a conflict', async () => {
  const { userId } = await users.create({ username: 'ada', email: 'ada@example.com', realName: '' });
  const changes: object = { _id: 5 };
  const ImmutableField = 66;
  await expect(users.update(userId, changes)).rejects.toMatchObject({ code: ImmutableField });
});

test('works on when the client of its database is replaced', async () => {
  const replaced = createReplacedClient(database.uri, 'user-info');
  const store = await createUserStore(replaced.db);
  await replaced.replace();
  const { userId } = await store.create({ username: 'ada', email: 'ada@example.com', realName: 'Ada' });
  expect(await store.update(userId, { phone: '1' })).toMatchObject({ phone: '1' });
  expect(await store.find([userId])).toHaveLength(1);
  expect(await store.search('ada', 0, 10)).toMatchObject({ total: 1 });
  for await (const user of store.all(1)) expect(user).toMatchObject({ userId });
  await replaced.close();
});
