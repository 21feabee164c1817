import { Metadata } from '@grpc/grpc-js';
import { startMongo, type TestMongo } from '../../infra/local/mongodb/fixtures/start-mongo';
import { rootCall } from '../kit/call';
import { connect } from '../kit/client';
import type { Handlers } from '../kit/rpc';
import { serve, type Served } from '../kit/serve';
import { StatusError } from '../kit/status-error';
import { createUserInfoHandlers } from '../user-info/handlers';
import { seedUsers } from '../user-info/seed';
import { userInfo } from '../user-info/service';
import { createUserStore } from '../user-info/store';
import { type Access, createAccess } from './access';
import { ragSearch } from './service';

const getUserInfo = userInfo.only('getUserInfo');
const search = ragSearch.only('search');

let database: TestMongo;
let users: Served<typeof getUserInfo>;
let rag: Served<typeof search>;
let asked: string[];

beforeAll(async () => {
  database = await startMongo();
  database.client.on('commandStarted', ({ commandName }) => asked.push(commandName));
  asked = [];
  const store = await createUserStore(database.client.db('user-info'));
  await seedUsers(database.client.db('user-info'));
  users = await serve(userInfo, createUserInfoHandlers({ users: store }), getUserInfo);
  rag = await serve(ragSearch, handlersOf(createAccess(users.client, 'u-guest')), search);
});

afterAll(async () => {
  await rag.stop();
  await users.stop();
  await database.stop();
});

beforeEach(() => {
  asked = [];
});

/** Handlers that take the keys of filters for collections, of which there may be none, and answer who may search all. */
function handlersOf(access: Access): Handlers<typeof ragSearch> {
  const refuse = (): never => {
    throw new StatusError('UNIMPLEMENTED', 'test.only-access');
  };
  return {
    search: async ({ filters }, call) => ({
      results: [{ content: await access.require(Object.keys(filters), call) }],
    }),
    streamSearch: refuse,
    getChunk: refuse,
    getChunksBatch: refuse,
    ingest: refuse,
  };
}

/** Who the caller is found to be. */
async function ask(userId: string | undefined, ragCodes: string[], by = rag): Promise<string | undefined> {
  const metadata = new Metadata();
  if (userId !== undefined) metadata.set('user-id', userId);
  const filters = Object.fromEntries(ragCodes.map((ragCode) => [ragCode, '']));
  const { results } = await by.client.search({ ragCode: 'any', query: 'any', filters }, rootCall({ metadata }));
  return results[0]?.content;
}

test.each([
  ['an admin', 'u-1001', ['docs', 'notes']],
  ['an editor', 'u-1002', ['anything']],
  ['a reader', 'u-1003', ['docs']],
  ['a reader who asks for nothing', 'u-1003', []],
  ['a user without rights who asks for nothing', 'u-1010', []],
])('%s may', async (_, userId, ragCodes) => {
  expect(await ask(userId, ragCodes)).toBe(userId);
});

test.each([
  ['a reader of another collection', 'u-1003', ['notes'], 'notes'],
  ['a reader of one collection of two', 'u-1003', ['docs', 'notes'], 'notes'],
  ['a reader of a longer name', 'u-1003', ['doc'], 'doc'],
  ['a reader of a shorter name', 'u-1003', ['docs-2'], 'docs-2'],
  ['a reader who asks for a star', 'u-1003', ['*'], '*'],
  ['a user without rights', 'u-1010', ['docs'], 'docs'],
])('%s may not', async (_, userId, ragCodes, ragCode) => {
  const message = `search.denied (user_id: ${userId}, rag_code: ${ragCode})`;
  await expect(ask(userId, ragCodes)).rejects.toMatchObject({ code: 'PERMISSION_DENIED', message });
});

test.each([undefined, ''])('a caller who says %j of itself has the rights of the guest', async (userId) => {
  expect(await ask(userId, ['docs'])).toBe('u-guest');
  const message = 'search.denied (user_id: u-guest, rag_code: notes)';
  await expect(ask(userId, ['notes'])).rejects.toMatchObject({ code: 'PERMISSION_DENIED', message });
});

test.each([[['docs']], [[]]])('a caller whom nobody knows is refused, even for %j', async (ragCodes) => {
  const error = { code: 'UNAUTHENTICATED', message: 'caller.unknown (user_id: u-9)' };
  await expect(ask('u-9', ragCodes)).rejects.toMatchObject(error);
});

test('a suspended user loses every right at once, and has them back when no longer suspended', async () => {
  const setStatus = (status: string) =>
    database.client.db('user-info').collection('users').updateOne({ userId: 'u-1011' }, { $set: { status } });
  expect(await ask('u-1011', ['docs'])).toBe('u-1011');
  await setStatus('SUSPENDED');
  await expect(ask('u-1011', ['docs'])).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  await setStatus('ACTIVE');
  expect(await ask('u-1011', ['docs'])).toBe('u-1011');
});

test('asks once for any number of collections', async () => {
  await ask('u-1001', ['a', 'b', 'c']);
  expect(asked).toEqual(['aggregate']);
});

test('where user-info does not answer, nobody is denied and nobody gets in', async () => {
  const store = await createUserStore(database.client.db('user-info'));
  const gone = await serve(userInfo, createUserInfoHandlers({ users: store }), getUserInfo);
  await gone.stop();
  const nobody = connect(getUserInfo, gone.address);
  const alone = await serve(ragSearch, handlersOf(createAccess(nobody.client, 'u-guest')), search);
  const error = await ask('u-1001', ['docs'], alone).catch((thrown: unknown) => thrown);
  nobody.close();
  await alone.stop();
  expect(error).toMatchObject({ code: 'UNAVAILABLE' });
});
