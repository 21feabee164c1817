import { Metadata } from '@grpc/grpc-js';
import { startMongo, type TestMongo } from '../../../infra/embedded-mongodb/testing/start-mongo';
import { createGreeterHandlers } from '../../greeter/handlers';
import { greeter } from '../../greeter/service';
import { rootCall } from '../../kit/protocol/call';
import { serve } from '../../kit/testing/serve';
import { createAccess } from '../../rag-search/access';
import { createRagSearchHandlers } from '../../rag-search/handlers';
import { createKeywordRetriever } from '../../rag-search/retriever';
import { ragSearch } from '../../rag-search/service';
import { createChunkStore } from '../../rag-search/store';
import { createUserInfoHandlers } from '../../user-info/handlers';
import { seedUsers } from '../../user-info/seed';
import { userInfo } from '../../user-info/service';
import { createUserStore } from '../../user-info/store';
import { type ServedGateway, serveGateway } from '../testing/serve';

// The services as they are, behind the gateway as it is.
let database: TestMongo;
let gateway: ServedGateway;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await startMongo();
  const greetings = await serve(greeter, createGreeterHandlers(), greeter.only());
  const store = await createUserStore(database.client.db('user-info'));
  await seedUsers(database.client.db('user-info'));
  const users = await serve(userInfo, createUserInfoHandlers({ users: store }), userInfo.only('getUserInfo'));
  const chunks = await createChunkStore(database.client.db('rag-search'));
  const access = createAccess(users.client, 'u-guest');
  const retriever = createKeywordRetriever(chunks);
  const handlers = createRagSearchHandlers({ chunks, retriever, access, chunkCharacters: 100 });
  const rag = await serve(ragSearch, handlers, ragSearch.only('ingest'));
  const metadata = new Metadata();
  metadata.set('user-id', 'u-1001');
  await rag.client.ingest(documents(), rootCall({ metadata }));
  stops.push(greetings.stop, rag.stop, users.stop);
  gateway = await serveGateway({ greeter: greetings.address, users: users.address, rag: rag.address });
});

afterAll(async () => {
  await gateway.stop();
  for (const stop of stops) await stop();
  await database.stop();
});

function documents() {
  return ['en', 'de', 'fr'].map((lang) => {
    const document = { materialCode: `${lang}.md`, content: `mesh ${lang}`, metadata: { lang, kind: 'guide' } };
    return { ragCode: 'docs', document };
  });
}

/** The JSON that the gateway answers, when it does with 200. */
async function ask(path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${gateway.url}${path}`, init);
  const body = await response.text();
  expect([response.status, body]).toEqual([200, body]);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  return JSON.parse(body) as Record<string, unknown>;
}

function withBody(method: string, body: object): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

test.each([
  ['/v1/greetings/Ada', {}, 'Hello, Ada!', 'en'],
  ['/v1/greetings/Ada%20%2F%20%E7%8E%8B', {}, 'Hello, Ada / 王!', 'en'],
  ['/v1/greetings/Ada', { 'accept-language': 'de-AT, en;q=0.5' }, 'Hallo, Ada!', 'de'],
])('GET %s with %j greets', async (path, headers, message, locale) => {
  expect(await ask(path, { headers })).toEqual({ message, locale });
});

test('a reply has every field, times as text and int64 as text', async () => {
  expect(await ask('/v1/users/u-1001?include_roles=true')).toEqual({
    user: {
      userId: 'u-1001',
      username: 'ada.larsen',
      email: 'ada.larsen@example.com',
      phone: '',
      avatar: '',
      realName: 'Ada Larsen',
      status: 'USER_STATUS_ACTIVE',
      createdAt: '2026-01-01T09:00:00Z',
      updatedAt: '2026-01-01T09:00:00Z',
      roles: ['admin'],
      permissions: [],
    },
  });
});

const found = {
  users: [
    { userId: 'u-1002', roles: ['editor'] },
    { userId: 'u-1001', roles: ['admin'] },
  ],
};

test.each<[string, string, RequestInit]>([
  ['repeated parameters', '?user_ids=u-1002&user_ids=u-1001&user_ids=u-x&include_roles=true', {}],
  ['a body', '', withBody('POST', { userIds: ['u-1002', 'u-1001', 'u-x'], includeRoles: true })],
  [
    'a body in the names of the contract',
    '',
    withBody('POST', { user_ids: ['u-1002', 'u-1001', 'u-x'], include_roles: true }),
  ],
])('users:batchGet takes %s', async (_, query, init) => {
  const reply = await ask(`/v1/users:batchGet${query}`, init);
  expect(reply).toMatchObject({ ...found, missingUserIds: ['u-x'] });
});

test('users:search takes numbers', async () => {
  const reply = await ask('/v1/users:search?keyword=larsen&page=2&page_size=3');
  expect(reply).toMatchObject({ users: [{ userId: 'u-1004' }, { userId: 'u-1005' }, { userId: 'u-1006' }], total: 10 });
});

test('PATCH sets what the body has on the user that the path names', async () => {
  await ask('/v1/users/u-1005', withBody('PATCH', { phone: '+49 1', avatar: 'a.png' }));
  const reply = await ask('/v1/users/u-1005', withBody('PATCH', { userId: 'u-1001', phone: '' }));
  expect(reply).toMatchObject({ user: { userId: 'u-1005', phone: '', avatar: 'a.png', username: 'emil.larsen' } });
});

test('POST makes an account', async () => {
  const { user } = await ask('/v1/users', withBody('POST', { username: 'zoe', email: 'zoe@example.com' }));
  const { userId } = user as { userId: string };
  expect(await ask(`/v1/users/${userId}`)).toMatchObject({ user: { username: 'zoe', email: 'zoe@example.com' } });
});

test.each<[string, string, RequestInit, string[]]>([
  ['a query', '?query=mesh', {}, ['de.md', 'en.md', 'fr.md']],
  ['a map', '?query=mesh&filters.lang=de&filters.kind=guide', {}, ['de.md']],
  ['a map that matches nothing', '?query=mesh&filters.lang=de&filters.kind=none', {}, []],
  ['a double', '?query=mesh&min_score=1000', {}, []],
  ['a body', '', withBody('POST', { query: 'mesh', filters: { lang: 'fr' } }), ['fr.md']],
])('search takes %s', async (_, query, init, codes) => {
  const { results, total } = await ask(`/v1/rag/docs/search${query}`, init);
  expect((results as { materialCode: string }[]).map(({ materialCode }) => materialCode).sort()).toEqual(codes);
  expect(total).toBe(codes.length);
});

test('documents are taken a line at a time, and found', async () => {
  const lines = ['a.md', 'b.md'].map((materialCode) => JSON.stringify({ materialCode, content: 'rivers' }));
  const headers = { 'content-type': 'application/x-ndjson', 'x-user-id': 'u-1002' };
  const taken = await ask('/v1/rag/docs/documents', { method: 'POST', headers, body: lines.join('\n') });
  expect(taken).toEqual({ documents: 2, chunks: 2, bytes: '12' });
  expect(await ask('/v1/rag/docs/search?query=rivers')).toMatchObject({ total: 2 });
});

test.each([
  ['a guest', {}, 403, { code: 'PERMISSION_DENIED', reason: 'ingest.denied' }],
  ['a reader', { 'x-user-id': 'u-1003' }, 403, { code: 'PERMISSION_DENIED', reason: 'ingest.denied' }],
  ['somebody unknown', { 'x-user-id': 'u-9' }, 401, { code: 'UNAUTHENTICATED', reason: 'caller.unknown' }],
])('documents of %s are not taken', async (_, who, status, problem) => {
  const headers = { 'content-type': 'application/x-ndjson', ...who };
  const body = JSON.stringify({ materialCode: 'denied.md', content: 'glaciers' });
  const response = await fetch(`${gateway.url}/v1/rag/docs/documents`, { method: 'POST', headers, body });
  expect([response.status, await response.json()]).toEqual([status, expect.objectContaining(problem)]);
  expect(await ask('/v1/rag/docs/search?query=glaciers')).toMatchObject({ total: 0 });
});

test('search:stream sends a result at a time', async () => {
  const response = await fetch(`${gateway.url}/v1/rag/docs/search:stream?query=mesh&limit=2`);
  const events = (await response.text()).split('\n\n');
  expect(events.slice(0, 2).map((event) => JSON.parse(event.replace(/^id: \d\ndata: /, '')) as object)).toMatchObject([
    { result: { ragCode: 'docs', chunkIndex: 0 } },
    { result: { ragCode: 'docs', chunkIndex: 0 } },
  ]);
  expect(events.slice(2)).toEqual(['event: end\nid: end\ndata: {}', '']);
});

test.each([
  ['a guest', {}, 403],
  ['an admin', { 'x-user-id': 'u-1001' }, 200],
  ['nobody known', { 'x-user-id': 'u-9' }, 401],
])('x-user-id is who asks: %s', async (_, headers, status) => {
  const response = await fetch(`${gateway.url}/v1/rag/notes/search?query=mesh`, { headers });
  await response.text();
  expect(response.status).toBe(status);
});

test('chunks are found by their codes', async () => {
  const { results } = (await ask('/v1/rag/docs/search?query=mesh')) as { results: { ragChunkCode: string }[] };
  const codes = results.map(({ ragChunkCode }) => ragChunkCode);
  const query = codes.map((code) => `rag_chunk_codes=${code}`).join('&');
  const { chunks } = (await ask(`/v1/chunks:batchGet?${query}`)) as { chunks: { code: string }[] };
  expect(chunks.map(({ code }) => code)).toEqual(codes);
  expect(await ask(`/v1/chunks/${codes[0]}`)).toEqual({ chunk: chunks[0] });
});
