import { type Db, type Document, MongoClient } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { ragSearch } from '../rag-search/service';
import { GUEST_USER_ID, seedUsers } from './seed';
import { createUserStore, type UserStore } from './store';

let database: TestMongo;
let db: Db;
let users: UserStore;

beforeAll(async () => {
  database = await startMongo();
});

afterAll(async () => {
  await database.stop();
});

beforeEach(async () => {
  db = database.client.db('user-info');
  await db.dropDatabase();
  users = await createUserStore(db);
});

/** Everything that is stored, with the ids of the documents. */
async function stored(): Promise<Record<string, Document[]>> {
  const names = ['users', 'userRoles', 'rolePermissions'];
  const all = await Promise.all(names.map((name) => db.collection(name).find().sort({ _id: 1 }).toArray()));
  return Object.fromEntries(names.map((name, index) => [name, all[index] ?? []]));
}

/** The same without the ids, in an order that does not depend on who wrote first. */
async function rows(): Promise<string[]> {
  const documents = Object.entries(await stored()).flatMap(([name, all]) => all.map((each) => ({ name, ...each })));
  return documents.map((document) => JSON.stringify({ ...document, _id: undefined })).sort();
}

test('makes 40 users and a guest', async () => {
  await seedUsers(db);
  const ids = [...Array.from({ length: 40 }, (_, n) => `u-${1001 + n}`), GUEST_USER_ID];
  const seen: string[] = [];
  for await (const { userId } of users.all(100)) seen.push(userId);
  expect(seen).toEqual(ids);
});

test.each([
  ['u-1001', ['admin'], ['rag.ingest:*', 'rag.search:*', 'users.read', 'users.write']],
  ['u-1002', ['editor'], ['rag.ingest:*', 'rag.search:*', 'users.read']],
  ['u-1003', ['reader'], ['rag.search:docs', 'users.read']],
  ['u-1010', [], []],
  ['u-1011', ['admin'], ['rag.ingest:*', 'rag.search:*', 'users.read', 'users.write']],
  [GUEST_USER_ID, ['guest'], ['rag.search:docs']],
])('gives %s the roles %j', async (userId, roles, permissions) => {
  await seedUsers(db);
  expect(await users.find([userId])).toMatchObject([{ roles, permissions }]);
});

test('has the guest whose rights rag-search lends', () => {
  expect(ragSearch.config['GUEST_USER_ID']).toBe(GUEST_USER_ID);
});

test('twice, changes nothing', async () => {
  await seedUsers(db);
  const before = await stored();
  await seedUsers(db);
  expect(await stored()).toEqual(before);
});

test('by four replicas at once, writes what one writes', async () => {
  await seedUsers(db);
  const alone = await rows();
  await db.dropDatabase();
  await createUserStore(db);
  await Promise.all(Array.from({ length: 4 }, () => seedUsers(db)));
  expect(await rows()).toEqual(alone);
});

test('keeps what people have changed and puts back what is missing', async () => {
  await seedUsers(db);
  await users.update('u-1001', { email: 'ada@elsewhere.example', status: 'SUSPENDED' });
  await db.collection('users').deleteOne({ userId: 'u-1002' });
  await seedUsers(db);
  const found = await users.find(['u-1001', 'u-1002']);
  expect(found.map(({ email, status }) => [email, status]).sort()).toEqual([
    ['ada@elsewhere.example', 'SUSPENDED'],
    ['bela.larsen@example.com', 'ACTIVE'],
  ]);
});

test('leaves out a user whose name somebody has, and writes the others', async () => {
  const { userId } = await users.create({ username: 'ada.larsen', email: 'ada@elsewhere.example', realName: 'Ada' });
  await seedUsers(db);
  expect(await users.find(['u-1001'])).toEqual([]);
  expect(await users.find([userId])).toMatchObject([{ email: 'ada@elsewhere.example' }]);
  expect(await db.collection('users').countDocuments()).toBe(41);
});

test('fails where the database does', async () => {
  const lost = new MongoClient(database.uri);
  await lost.connect();
  await lost.close();
  await expect(seedUsers(lost.db('user-info'))).rejects.toThrow();
});
