import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import pino from 'pino';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { type CallContext, rootCall } from '../kit/protocol/call';
import { createCallLog } from '../kit/logging/call-log';
import { connect, type Connection } from '../kit/client/client';
import { createLocalize } from '../kit/errors/messages';
import type { Handlers } from '../kit/protocol/rpc';
import { serve, type Served } from '../kit/testing/serve';
import { addHandlers } from '../kit/server/server';
import { StatusError } from '../kit/errors/status-error';
import { createUserInfoHandlers } from '../user-info/handlers';
import { seedUsers } from '../user-info/seed';
import { userInfo } from '../user-info/service';
import { createUserStore } from '../user-info/store';
import { createAccess } from './access';
import { createRagSearchHandlers } from './handlers';
import { createKeywordRetriever } from './retriever';
import { ragSearch } from './service';
import { createChunkStore } from './store';

const calls = ragSearch.only('search', 'streamSearch', 'ingest');
const getUserInfo = userInfo.only('getUserInfo');

let database: TestMongo;
let users: Served<typeof getUserInfo>;
let server: Server;
let rag: Connection<typeof calls>;
let lines: string[];
let outage = false;

beforeAll(async () => {
  database = await startMongo();
  const chunks = await createChunkStore(database.client.db('rag-search'));
  const retriever = createKeywordRetriever(chunks);
  const store = await createUserStore(database.client.db('user-info'));
  await seedUsers(database.client.db('user-info'));
  users = await serve(userInfo, breakable(createUserInfoHandlers({ users: store })), getUserInfo);
  const access = createAccess(users.client, 'u-guest');
  server = new Server();
  // All that is ever logged, the debug lines as well.
  const log = pino({ level: 'trace' }, { write: (line) => lines.push(line) });
  addHandlers(server, ragSearch, createRagSearchHandlers({ chunks, retriever, access, chunkCharacters: 100 }), {
    service: 'rag-search',
    log,
    logCall: createCallLog(log, 1_000),
    localize: createLocalize({}),
    maxConcurrentCalls: 100,
    maxMessageBytes: 1_000_000,
    translate: () => undefined,
    strict: true,
  });
  rag = connect(calls, `127.0.0.1:${await listen(server)}`);
  lines = [];
  const content = 'A xylophone, and another xylophone.';
  const document = (materialCode: string) => ({ ragCode: 'docs', document: { materialCode, content, metadata: {} } });
  await rag.client.ingest([document('a.md'), document('b.md')], as('u-1001'));
});

afterAll(async () => {
  rag.close();
  server.forceShutdown();
  await users.stop();
  await database.stop();
});

beforeEach(() => {
  lines = [];
  outage = false;
});

/** The same handlers, as long as there is no outage. */
function breakable(handlers: Handlers<typeof userInfo>): Handlers<typeof userInfo> {
  const { getUserInfo: find } = handlers.info;
  const findUnlessBroken: typeof find = (request, call) => {
    if (outage) throw new StatusError('UNAVAILABLE', 'test.outage');
    return find(request, call);
  };
  return { ...handlers, info: { ...handlers.info, getUserInfo: findUnlessBroken } };
}

function listen(grpc: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

function as(userId: string, requestId = 'r-1'): CallContext {
  const metadata = new Metadata();
  metadata.set('user-id', userId);
  metadata.set('x-request-id', requestId);
  return rootCall({ metadata });
}

function audits(): Record<string, unknown>[] {
  const all = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return all.filter((line) => line['audit'] !== undefined);
}

const search = (request: object, context: CallContext) => rag.client.search(request, context);

async function streamSearch(request: object, context: CallContext): Promise<void> {
  for await (const _ of rag.client.streamSearch(request, context));
}

describe.each([
  ['search', search],
  ['streamSearch', streamSearch],
])('%s', (_, ask) => {
  test('says who searched what and how much there was', async () => {
    await ask({ ragCode: 'docs', query: 'xylophone', limit: 1 }, as('u-1003', 'r-7'));
    expect(audits()).toMatchObject([
      { audit: 'rag.search', userId: 'u-1003', ragCode: 'docs', results: 1, total: 2, requestId: 'r-7' },
    ]);
    expect(audits()[0]).not.toHaveProperty('denied');
  });

  test('never says what was asked for or what was found', async () => {
    await ask({ ragCode: 'docs', query: 'xylophone marimba', filters: { lang: 'glockenspiel' } }, rootCall({}));
    await ask({ ragCode: 'docs', query: 'xylophone marimba' }, rootCall({}));
    await expect(ask({ ragCode: 'docs', query: 'marimba', limit: -1 }, rootCall({}))).rejects.toThrow();
    await expect(ask({ ragCode: 'notes', query: 'xylophone marimba' }, rootCall({}))).rejects.toThrow();
    expect(audits()).toHaveLength(3);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join('')).not.toMatch(/xylophone|marimba|glockenspiel/i);
  });

  test.each([
    ['a user', as('u-1003', 'r-8'), 'u-1003', 'PERMISSION_DENIED', 'search.denied'],
    ['nobody in particular', rootCall({}), 'u-guest', 'PERMISSION_DENIED', 'search.denied'],
    ['somebody unknown', as('u-9'), 'u-9', 'UNAUTHENTICATED', 'caller.unknown'],
  ])('says that %s was denied it, and why', async (_who, context, userId, code, denied) => {
    await expect(ask({ ragCode: 'notes', query: 'x' }, context)).rejects.toMatchObject({ code });
    expect(audits()).toMatchObject([{ audit: 'rag.search', userId, ragCode: 'notes', denied }]);
    expect(audits()[0]).not.toHaveProperty('total');
  });

  test('takes a user-info that does not answer for no denial', async () => {
    outage = true;
    await expect(ask({ ragCode: 'docs', query: 'x' }, as('u-1003'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(audits()).toEqual([]);
  });
});
