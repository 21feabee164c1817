import { UserStatus } from '../../proto/gen/weft/user/v1/user_info_pb';
import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { rootCall } from '../kit/protocol/call';
import { serve, type Served } from '../kit/testing/serve';
import { createUserInfoHandlers } from './handlers';
import { seedUsers } from './seed';
import { userInfo } from './service';
import { createUserStore } from './store';

const calls = userInfo.only('searchUsers', 'streamUsers', 'listUsers');
const context = rootCall({});
const everybody = [...Array.from({ length: 40 }, (_, n) => `u-${1001 + n}`), 'u-guest'];

let database: TestMongo;
let db: Db;
let served: Served<typeof calls>;

beforeAll(async () => {
  database = await startMongo();
  db = database.client.db('user-info');
  served = await serve(userInfo, createUserInfoHandlers({ users: await createUserStore(db) }), calls);
});

afterAll(async () => {
  await served.stop();
  await database.stop();
});

beforeEach(async () => {
  await db.collection('users').deleteMany({});
  await seedUsers(db);
});

async function collect<T>(replies: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const reply of replies) all.push(reply);
  return all;
}

function idsOf(users: { userId: string }[]): string[] {
  return users.map(({ userId }) => userId);
}

describe('searchUsers', () => {
  beforeEach(async () => {
    const user = { userId: 'u-2000', username: 'zoe', realName: 'Zoë [QA] (x+y)', email: 'z@work.example', phone: '' };
    await db.collection('users').insertOne({ ...user, status: 'ACTIVE', createdAt: new Date(), updatedAt: new Date() });
  });

  test.each([
    ['a username', 'hana.okafor', ['u-1038']],
    ['a real name', 'Hana Okafor', ['u-1038']],
    ['an email', 'work.example', ['u-2000']],
    ['any case', 'hANA', ['u-1008', 'u-1018', 'u-1028', 'u-1038']],
    ['letters that are no ASCII', 'Zoë', ['u-2000']],
    ['brackets', '[QA] (X+Y)', ['u-2000']],
    ['a dot, which stands for itself', 'a.a', []],
    ['a star, which stands for itself', '.*', []],
    ['a caret, which stands for itself', '^zoe', []],
  ])('finds by %s', async (_, keyword, ids) => {
    const { users, total } = await served.client.searchUsers({ keyword, pageSize: 100 }, context);
    expect(idsOf(users)).toEqual(ids);
    expect(total).toBe(ids.length);
  });

  test('returns users whole, but not their rights', async () => {
    const { users } = await served.client.searchUsers({ keyword: 'ada.larsen' }, context);
    expect(users).toMatchObject([
      { userId: 'u-1001', realName: 'Ada Larsen', status: UserStatus.ACTIVE, roles: [], permissions: [] },
    ]);
  });

  test.each([
    ['the first page, when none is asked for', {}, everybody.slice(0, 20)],
    ['the first page', { page: 1, pageSize: 3 }, everybody.slice(0, 3)],
    ['another page', { page: 3, pageSize: 7 }, everybody.slice(14, 21)],
    ['the rest on the last page', { page: 5, pageSize: 10 }, everybody.slice(40)],
    ['all on one page', { pageSize: 100 }, everybody],
    ['nothing beyond the last page', { page: 6, pageSize: 10 }, []],
  ])('returns %s, and how many there are in all', async (_, paging, ids) => {
    const { users, total } = await served.client.searchUsers({ keyword: '@example.com', ...paging }, context);
    expect(idsOf(users)).toEqual(ids);
    expect(total).toBe(41);
  });

  test.each([
    [{ keyword: ' ' }, 'keyword: must not be empty'],
    [{ keyword: 'a', page: -1 }, 'page: must be greater than or equal to 0 and less than or equal to 10000'],
    [{ keyword: 'a', page: 10_001 }, 'page: must be greater than or equal to 0 and less than or equal to 10000'],
    [{ keyword: 'a', pageSize: 101 }, 'page_size: must be greater than or equal to 0 and less than or equal to 100'],
    [
      { keyword: '', page: -1, pageSize: -1 },
      'keyword: must not be empty, page: must be greater than or equal to 0 and less than or equal to 10000, page_size: must be greater than or equal to 0 and less than or equal to 100',
    ],
  ])('refuses %j', async (request, faults) => {
    const error = { code: 'INVALID_ARGUMENT', message: `request.invalid (${faults})` };
    await expect(served.client.searchUsers(request, context)).rejects.toMatchObject(error);
  });
});

describe('streamUsers', () => {
  test.each([
    ['one by one', 1, Array.from({ length: 41 }, () => 1)],
    ['in batches, the rest in the last', 15, [15, 15, 11]],
    ['in one batch that they fill', 41, [41]],
    ['in one batch that they do not fill', 500, [41]],
    ['50 to a batch, when none is asked for', 0, [41]],
  ])('sends users %s', async (_, batchSize, sizes) => {
    const batches = await collect(served.client.streamUsers({ batchSize }, context));
    expect(batches.map(({ users }) => users.length)).toEqual(sizes);
    expect(batches.flatMap(({ users }) => idsOf(users))).toEqual(everybody);
  });

  test('sends more than the default batch in several', async () => {
    const row = (n: number) => ({ userId: `v-${n}`, username: `v-${n}`, email: `v-${n}`, status: 'ACTIVE' });
    const dates = { createdAt: new Date(), updatedAt: new Date() };
    await db.collection('users').insertMany(Array.from({ length: 60 }, (_, n) => ({ ...row(n), ...dates })));
    const batches = await collect(served.client.streamUsers({}, context));
    expect(batches.map(({ users }) => users.length)).toEqual([50, 50, 1]);
  });

  test.each([-1, 501])('refuses batches of %i', async (batchSize) => {
    const error = {
      code: 'INVALID_ARGUMENT',
      message: 'request.invalid (batch_size: must be greater than or equal to 0 and less than or equal to 500)',
    };
    await expect(collect(served.client.streamUsers({ batchSize }, context))).rejects.toMatchObject(error);
  });

  test('sends nothing where there is nobody', async () => {
    await db.collection('users').deleteMany({});
    expect(await collect(served.client.streamUsers({}, context))).toEqual([]);
  });
});

describe('listUsers', () => {
  test('sends every account, ordered by id', async () => {
    const accounts = (await collect(served.client.listUsers({}, context))).map(({ user }) => user);
    expect(accounts.map((user) => user?.userId)).toEqual(everybody);
    expect(accounts[0]).toEqual({
      userId: 'u-1001',
      username: 'ada.larsen',
      email: 'ada.larsen@example.com',
      createdAt: { seconds: BigInt(Date.UTC(2026, 0, 1, 9) / 1000), nanos: 0 },
    });
  });

  test('sends nothing where there is nobody', async () => {
    await db.collection('users').deleteMany({});
    expect(await collect(served.client.listUsers({}, context))).toEqual([]);
  });
});
