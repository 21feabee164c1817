import { UserStatus } from '../../proto/gen/weft/user/v1/user_info_pb';
import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { rootCall } from '../kit/protocol/call';
import { serve, type Served } from '../kit/testing/serve';
import { createUserInfoHandlers } from './handlers';
import { seedUsers } from './seed';
import { userInfo } from './service';
import { createUserStore } from './store';

const calls = userInfo.only('getUserInfo', 'getUserInfoBatch', 'updateUserInfo');
const context = rootCall({});

let database: TestMongo;
let db: Db;
let served: Served<typeof calls>;
let commands: string[];

beforeAll(async () => {
  database = await startMongo();
  database.client.on('commandStarted', ({ commandName }) => commands.push(commandName));
  commands = [];
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
  commands = [];
});

describe('getUserInfo', () => {
  test('returns all there is to know', async () => {
    const phone = { $set: { phone: '+49 1', avatar: 'https://example.com/chen.png' } };
    await db.collection('users').updateOne({ userId: 'u-1003' }, phone);
    const created = { seconds: BigInt(Date.UTC(2026, 0, 3, 9) / 1000), nanos: 0 };
    expect(await served.client.getUserInfo({ userId: 'u-1003' }, context)).toEqual({
      user: {
        userId: 'u-1003',
        username: 'chen.larsen',
        email: 'chen.larsen@example.com',
        phone: '+49 1',
        avatar: 'https://example.com/chen.png',
        realName: 'Chen Larsen',
        status: UserStatus.ACTIVE,
        createdAt: created,
        updatedAt: created,
        roles: [],
        permissions: [],
      },
    });
  });

  test.each([
    [{}, [], []],
    [{ includeRoles: true }, ['editor'], []],
    [{ includePermissions: true }, [], ['rag.ingest:*', 'rag.search:*', 'users.read']],
    [{ includeRoles: true, includePermissions: true }, ['editor'], ['rag.ingest:*', 'rag.search:*', 'users.read']],
  ])('with %j gives these rights', async (wish, roles, permissions) => {
    const { user } = await served.client.getUserInfo({ userId: 'u-1002', ...wish }, context);
    expect(user).toMatchObject({ roles, permissions });
  });

  test.each([
    ['that nobody has', 'u-9', 'NOT_FOUND', 'user.not-found (user_id: u-9)'],
    ['that is empty', '', 'INVALID_ARGUMENT', 'request.invalid (user_id: must not be empty)'],
    ['too long', 'u'.repeat(1001), 'INVALID_ARGUMENT', 'request.invalid (user_id: must be at most 1000 characters)'],
  ])('refuses an id %s', async (_, userId, code, message) => {
    await expect(served.client.getUserInfo({ userId }, context)).rejects.toMatchObject({ code, message });
  });
});

describe('getUserInfoBatch', () => {
  test('returns users in the order asked for, and who is missing', async () => {
    // With a list under the key the embedded database no longer finds in the order asked for, as MongoDB need not.
    await db.collection('users').insertOne({ userId: ['a list'] });
    const userIds = ['u-1030', 'u-nobody', 'u-1001', 'u-1015', ''];
    const { users, missingUserIds } = await served.client.getUserInfoBatch({ userIds }, context);
    expect(users.map(({ userId }) => userId)).toEqual(['u-1030', 'u-1001', 'u-1015']);
    expect(missingUserIds).toEqual(['u-nobody', '']);
  });

  test('returns each once, however often it was asked for', async () => {
    const userIds = ['u-1002', 'u-x', 'u-1001', 'u-1002', 'u-x'];
    const { users, missingUserIds } = await served.client.getUserInfoBatch({ userIds }, context);
    expect(users.map(({ userId }) => userId)).toEqual(['u-1002', 'u-1001']);
    expect(missingUserIds).toEqual(['u-x']);
  });

  test('gives rights to each', async () => {
    const request = { userIds: ['u-1010', 'u-1001', 'u-guest'], includeRoles: true, includePermissions: true };
    const { users } = await served.client.getUserInfoBatch(request, context);
    expect(users.map(({ roles }) => roles)).toEqual([[], ['admin'], ['guest']]);
    expect(users.map(({ permissions }) => permissions.length)).toEqual([0, 4, 1]);
  });

  test('asks the database once', async () => {
    const userIds = Array.from({ length: 500 }, (_, n) => `u-${1001 + n}`);
    const reply = await served.client.getUserInfoBatch({ userIds, includePermissions: true }, context);
    expect([reply.users.length, reply.missingUserIds.length]).toEqual([40, 460]);
    expect(commands).toEqual(['aggregate']);
  });

  test.each([
    [0, 'must contain at least 1 item'],
    [501, 'must contain no more than 500 items'],
  ])('refuses %i ids', async (length, fault) => {
    const userIds = Array.from({ length }, (_, n) => `u-${n}`);
    const error = { code: 'INVALID_ARGUMENT', message: `request.invalid (user_ids: ${fault})` };
    await expect(served.client.getUserInfoBatch({ userIds }, context)).rejects.toMatchObject(error);
    expect(commands).toEqual([]);
  });
});

describe('updateUserInfo', () => {
  test('sets the fields that are present, to nothing as well, and leaves the others', async () => {
    await served.client.updateUserInfo({ userId: 'u-1001', phone: '+49 1', avatar: 'a.png' }, context);
    const { user } = await served.client.updateUserInfo({ userId: 'u-1001', phone: '', realName: 'Ada L.' }, context);
    expect(user).toMatchObject({
      userId: 'u-1001',
      username: 'ada.larsen',
      email: 'ada.larsen@example.com',
      phone: '',
      avatar: 'a.png',
      realName: 'Ada L.',
      status: UserStatus.ACTIVE,
    });
    expect(user?.updatedAt).not.toEqual(user?.createdAt);
    expect(await served.client.getUserInfo({ userId: 'u-1001' }, context)).toEqual({ user });
  });

  test.each([UserStatus.SUSPENDED, UserStatus.ACTIVE])('sets the status %s', async (status) => {
    await served.client.updateUserInfo({ userId: 'u-1001', status }, context);
    expect(await served.client.getUserInfo({ userId: 'u-1001' }, context)).toMatchObject({ user: { status } });
  });

  test('takes an email that the user has already', async () => {
    const request = { userId: 'u-1001', email: 'ada.larsen@example.com', phone: '1' };
    expect(await served.client.updateUserInfo(request, context)).toMatchObject({ user: request });
  });

  test("refuses another user's email and changes nothing", async () => {
    const updating = served.client.updateUserInfo(
      { userId: 'u-1001', email: 'guest@example.com', phone: '1' },
      context,
    );
    await expect(updating).rejects.toMatchObject({ code: 'ALREADY_EXISTS', message: 'user.taken (field: email)' });
    const { user } = await served.client.getUserInfo({ userId: 'u-1001' }, context);
    expect(user).toMatchObject({ email: 'ada.larsen@example.com', phone: '' });
  });

  test('refuses an id that nobody has, and makes no user of it', async () => {
    const updating = served.client.updateUserInfo({ userId: 'u-9', phone: '1' }, context);
    await expect(updating).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'user.not-found (user_id: u-9)' });
    expect(await db.collection('users').countDocuments()).toBe(41);
  });

  test.each([
    [{ userId: '' }, 'user_id: must not be empty'],
    [{ userId: 'u-1001', email: '' }, 'email: must be a valid email address'],
    [{ userId: 'u-1001', email: 'ada at example' }, 'email: must be a valid email address'],
    [{ userId: 'u-1001', status: UserStatus.UNSPECIFIED }, 'status: must not be unspecified'],
    [
      { userId: '', email: 'ada@', status: UserStatus.UNSPECIFIED },
      'user_id: must not be empty, email: must be a valid email address, ' + 'status: must not be unspecified',
    ],
  ])('refuses %j', async (request, faults) => {
    const error = { code: 'INVALID_ARGUMENT', message: `request.invalid (${faults})` };
    await expect(served.client.updateUserInfo(request, context)).rejects.toMatchObject(error);
  });
});
