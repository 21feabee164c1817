import { UserStatus } from '../../proto/gen/weft/user/v1/user_info_pb';
import { type Db, MongoClient } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { rootCall } from '../kit/protocol/call';
import { serve, type Served } from '../kit/testing/serve';
import { createUserInfoHandlers } from './handlers';
import { userInfo } from './service';
import { createUserStore } from './store';

const calls = userInfo.only('getUser', 'createUser', 'getUserInfo');
const context = rootCall({});
const ada = { username: 'ada', email: 'ada@example.com', realName: 'Ada Larsen' };

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

beforeEach(() => db.collection('users').deleteMany({}));

describe('createUser', () => {
  test('makes an account that both contracts know, with no rights', async () => {
    const { user } = await served.client.createUser(ada, context);
    expect(user).toMatchObject({ username: 'ada', email: 'ada@example.com' });
    const userId = user?.userId ?? '';
    expect(await served.client.getUser({ userId }, context)).toEqual({ user });
    const rights = { includeRoles: true, includePermissions: true };
    expect(await served.client.getUserInfo({ userId, ...rights }, context)).toEqual({
      user: {
        ...user,
        $typeName: 'weft.user.v1.UserInfo',
        realName: 'Ada Larsen',
        phone: '',
        avatar: '',
        status: UserStatus.ACTIVE,
        updatedAt: user?.createdAt,
        roles: [],
        permissions: [],
      },
    });
  });

  test('gives every account an id of its own', async () => {
    const first = await served.client.createUser(ada, context);
    const second = await served.client.createUser({ ...ada, username: 'bela', email: 'bela@example.com' }, context);
    expect(first.user?.userId).toMatch(/^u-./);
    expect(second.user?.userId).not.toBe(first.user?.userId);
  });

  test.each([
    ['username', { ...ada, email: 'other@example.com' }],
    ['email', { ...ada, username: 'other' }],
  ])('refuses a %s that is taken', async (field, request) => {
    await served.client.createUser(ada, context);
    const error = { code: 'ALREADY_EXISTS', message: `user.taken (field: ${field})` };
    await expect(served.client.createUser(request, context)).rejects.toMatchObject(error);
    expect(await db.collection('users').countDocuments()).toBe(1);
  });

  test('lets one of 20 equal requests at once through', async () => {
    const creating = Array.from({ length: 20 }, () => served.client.createUser(ada, context));
    const results = await Promise.allSettled(creating);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(
      Array.from({ length: 19 }, () => 'ALREADY_EXISTS'),
    );
  });

  test.each([
    [{ ...ada, username: ' ' }, 'username: must not be empty'],
    [{ ...ada, username: 'a'.repeat(65) }, 'username: must be at most 64 characters'],
    [{ ...ada, email: 'ada' }, 'email: must be a valid email address'],
    [{ ...ada, email: 'a da@example.com' }, 'email: must be a valid email address'],
    [{ ...ada, email: `${'a'.repeat(250)}@b.cd` }, 'email: must be at most 254 characters'],
    [{}, 'username: must not be empty, email: must not be empty'],
  ])('refuses %j', async (request, faults) => {
    const error = { code: 'INVALID_ARGUMENT', message: `request.invalid (${faults})` };
    await expect(served.client.createUser(request, context)).rejects.toMatchObject(error);
    expect(await db.collection('users').countDocuments()).toBe(0);
  });
});

test.each([
  ['that nobody has', 'u-9', 'NOT_FOUND', 'user.not-found (user_id: u-9)'],
  ['that is empty', '', 'INVALID_ARGUMENT', 'request.invalid (user_id: must not be empty)'],
])('getUser refuses an id %s', async (_, userId, code, message) => {
  await expect(served.client.getUser({ userId }, context)).rejects.toMatchObject({ code, message });
});

test('a database that is gone is UNAVAILABLE, and the caller learns no more than when to try again', async () => {
  const lost = new MongoClient(database.uri);
  const handlers = createUserInfoHandlers({ users: await createUserStore(lost.db('user-info')) });
  const broken = await serve(userInfo, handlers, calls);
  await lost.close();
  const error = await broken.client.getUser({ userId: 'u-9' }, context).catch((thrown: unknown) => thrown);
  await broken.stop();
  expect(error).toMatchObject({ code: 'UNAVAILABLE', message: 'store.unavailable', details: { retryAfterMs: 1_000 } });
});
