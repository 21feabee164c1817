import { Metadata } from '@grpc/grpc-js';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { type CallContext, rootCall } from '../kit/protocol/call';
import { connect } from '../kit/client/client';
import type { Handlers } from '../kit/protocol/rpc';
import { serve, type Served } from '../kit/testing/serve';
import { StatusError } from '../kit/errors/status-error';
import { createUserInfoHandlers } from '../user-info/handlers';
import { seedUsers } from '../user-info/seed';
import { userInfo } from '../user-info/service';
import { createUserStore } from '../user-info/store';
import { type Access, createAccess, type Right } from './access';
import { ragSearch } from './service';

const getUserInfo = userInfo.only('getUserInfo');
const calls = ragSearch.only('search', 'streamSearch');

let database: TestMongo;
let users: Served<typeof getUserInfo>;
let rag: Served<typeof calls>;
let asked: string[];

beforeAll(async () => {
  database = await startMongo();
  database.client.on('commandStarted', ({ commandName }) => asked.push(commandName));
  asked = [];
  const store = await createUserStore(database.client.db('user-info'));
  await seedUsers(database.client.db('user-info'));
  await makeWriter('u-1020', 'own');
  users = await serve(userInfo, createUserInfoHandlers({ users: store }), getUserInfo);
  rag = await serve(ragSearch, handlersOf(createAccess(users.client, 'u-guest')), calls);
});

/** Nobody of the seeded users may send to one collection and no other. */
async function makeWriter(userId: string, ragCode: string): Promise<void> {
  const db = database.client.db('user-info');
  await db.collection('userRoles').insertOne({ userId, role: 'writer' });
  await db.collection('rolePermissions').insertOne({ role: 'writer', permission: `rag.ingest:${ragCode}` });
}

afterAll(async () => {
  await rag.stop();
  await users.stop();
  await database.stop();
});

beforeEach(() => {
  asked = [];
});

/**
 * Handlers that take the query for a right, and the keys of filters for collections, of which there may be none. Search
 * answers who has the right to all, StreamSearch to which of them the caller has it.
 */
function handlersOf(access: Access): Handlers<typeof ragSearch> {
  const refuse = (): never => {
    throw new StatusError('UNIMPLEMENTED', 'test.only-access');
  };
  return {
    search: async ({ query, filters }, call) => ({
      results: [{ content: await access.require(query as Right, Object.keys(filters), call) }],
    }),
    async *streamSearch({ query, filters }, call) {
      for (const ragCode of await access.permitted(query as Right, Object.keys(filters), call))
        yield { result: { ragCode } };
    },
    getChunk: refuse,
    getChunksBatch: refuse,
    ingest: refuse,
  };
}

function contextOf(userId: string | undefined): CallContext {
  const metadata = new Metadata();
  if (userId !== undefined) metadata.set('user-id', userId);
  return rootCall({ metadata });
}

function requestOf(right: Right, ragCodes: string[]) {
  return { ragCode: 'any', query: right, filters: Object.fromEntries(ragCodes.map((ragCode) => [ragCode, ''])) };
}

/** Who the caller is found to be. */
async function ask(
  userId: string | undefined,
  ragCodes: string[],
  right: Right = 'search',
  by = rag,
): Promise<string | undefined> {
  const { results } = await by.client.search(requestOf(right, ragCodes), contextOf(userId));
  return results[0]?.content;
}

async function permitted(userId: string | undefined, ragCodes: string[], right: Right = 'search') {
  const found = [];
  for await (const { result } of rag.client.streamSearch(requestOf(right, ragCodes), contextOf(userId)))
    found.push(result?.ragCode);
  return found;
}

test.each<[string, Right, string, string[]]>([
  ['an admin', 'search', 'u-1001', ['docs', 'notes']],
  ['an editor', 'search', 'u-1002', ['anything']],
  ['a reader', 'search', 'u-1003', ['docs']],
  ['a reader who asks for nothing', 'search', 'u-1003', []],
  ['a user without rights who asks for nothing', 'search', 'u-1010', []],
  ['an admin', 'ingest', 'u-1001', ['docs', 'notes']],
  ['an editor', 'ingest', 'u-1002', ['anything']],
  ['a writer of one collection', 'ingest', 'u-1020', ['own']],
])('%s may %s', async (_, right, userId, ragCodes) => {
  expect(await ask(userId, ragCodes, right)).toBe(userId);
  expect(await permitted(userId, ragCodes, right)).toEqual(ragCodes);
});

test.each<[string, Right, string, string[], string]>([
  ['a reader of another collection', 'search', 'u-1003', ['notes'], 'notes'],
  ['a reader of one collection of two', 'search', 'u-1003', ['docs', 'notes'], 'notes'],
  ['a reader of a longer name', 'search', 'u-1003', ['doc'], 'doc'],
  ['a reader of a shorter name', 'search', 'u-1003', ['docs-2'], 'docs-2'],
  ['a reader who asks for a star', 'search', 'u-1003', ['*'], '*'],
  ['a user without rights', 'search', 'u-1010', ['docs'], 'docs'],
  ['a writer who cannot read the collection', 'search', 'u-1020', ['own'], 'own'],
  ['a reader', 'ingest', 'u-1003', ['docs'], 'docs'],
  ['a writer of another collection', 'ingest', 'u-1020', ['docs'], 'docs'],
  ['a writer of one collection of two', 'ingest', 'u-1020', ['own', 'docs'], 'docs'],
  ['a writer who asks for a star', 'ingest', 'u-1020', ['*'], '*'],
  ['a user without rights', 'ingest', 'u-1010', ['docs'], 'docs'],
])('%s may not %s', async (_, right, userId, ragCodes, ragCode) => {
  const message = `${right}.denied (user_id: ${userId}, rag_code: ${ragCode})`;
  await expect(ask(userId, ragCodes, right)).rejects.toMatchObject({ code: 'PERMISSION_DENIED', message });
  const others = ragCodes.filter((each) => each !== ragCode);
  expect(await permitted(userId, ragCodes, right)).toEqual(others);
});

test.each([undefined, ''])('a caller who says %j of itself has the rights of the guest', async (userId) => {
  expect(await ask(userId, ['docs'])).toBe('u-guest');
  const message = 'search.denied (user_id: u-guest, rag_code: notes)';
  await expect(ask(userId, ['notes'])).rejects.toMatchObject({ code: 'PERMISSION_DENIED', message });
  expect(await permitted(userId, ['notes', 'docs'])).toEqual(['docs']);
  expect(await permitted(userId, ['notes', 'docs'], 'ingest')).toEqual([]);
});

test.each([[['docs']], [[]]])('a caller whom nobody knows is refused, even for %j', async (ragCodes) => {
  const error = { code: 'UNAUTHENTICATED', message: 'caller.unknown (user_id: u-9)' };
  await expect(ask('u-9', ragCodes)).rejects.toMatchObject(error);
  await expect(ask('u-9', ragCodes, 'ingest')).rejects.toMatchObject(error);
  await expect(permitted('u-9', ragCodes)).rejects.toMatchObject(error);
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

test.each([
  ['require', ask],
  ['permitted', permitted],
])('%s asks once for any number of collections', async (_, question) => {
  await question('u-1001', ['a', 'b', 'c']);
  expect(asked).toEqual(['aggregate']);
});

test('where user-info does not answer, nobody is denied and nobody gets in', async () => {
  const store = await createUserStore(database.client.db('user-info'));
  const gone = await serve(userInfo, createUserInfoHandlers({ users: store }), getUserInfo);
  await gone.stop();
  const nobody = connect(getUserInfo, gone.address);
  const alone = await serve(ragSearch, handlersOf(createAccess(nobody.client, 'u-guest')), calls);
  const error = await ask('u-1001', ['docs'], 'search', alone).catch((thrown: unknown) => thrown);
  nobody.close();
  await alone.stop();
  expect(error).toMatchObject({ code: 'UNAVAILABLE' });
});
