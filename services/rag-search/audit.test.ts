import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import pino from 'pino';
import { startMongo, type TestMongo } from '../../infra/local/mongodb/fixtures/start-mongo';
import { type CallContext, rootCall } from '../kit/call';
import { createCallLog } from '../kit/call-log';
import { connect, type Connection } from '../kit/client';
import { createLocalize } from '../kit/messages';
import { addHandlers } from '../kit/server';
import { StatusError } from '../kit/status-error';
import { createRagSearchHandlers } from './handlers';
import { createKeywordRetriever } from './retriever';
import { ragSearch } from './service';
import { createChunkStore } from './store';

const calls = ragSearch.only('search', 'streamSearch', 'ingest');

let database: TestMongo;
let server: Server;
let rag: Connection<typeof calls>;
let lines: string[];

beforeAll(async () => {
  database = await startMongo();
  const chunks = await createChunkStore(database.client.db('rag-search'));
  const retriever = createKeywordRetriever(chunks);
  const access = {
    require: (ragCodes: Iterable<string>) =>
      [...ragCodes].includes('secret')
        ? Promise.reject(new StatusError('PERMISSION_DENIED', 'search.denied'))
        : Promise.resolve('u-7'),
  };
  server = new Server();
  // All that is ever logged, the debug lines as well.
  const log = pino({ level: 'trace' }, { write: (line) => lines.push(line) });
  await addHandlers(server, ragSearch, createRagSearchHandlers({ chunks, retriever, access, chunkCharacters: 100 }), {
    service: 'rag-search',
    log,
    logCall: createCallLog(log, 1_000),
    localize: createLocalize({}),
    maxConcurrentCalls: 100,
    translate: () => undefined,
    strict: true,
  });
  rag = connect(calls, `127.0.0.1:${await listen(server)}`);
  lines = [];
  const content = 'A xylophone, and another xylophone.';
  const document = (materialCode: string) => ({ ragCode: 'docs', document: { materialCode, content, metadata: {} } });
  await rag.client.ingest([document('a.md'), document('b.md')], rootCall({}));
});

afterAll(async () => {
  rag.close();
  server.forceShutdown();
  await database.stop();
});

beforeEach(() => {
  lines = [];
});

function listen(grpc: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

function withRequestId(id: string): CallContext {
  const metadata = new Metadata();
  metadata.set('request-id', id);
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
    await ask({ ragCode: 'docs', query: 'xylophone', limit: 1 }, withRequestId('r-1'));
    expect(audits()).toMatchObject([
      { audit: 'rag.search', userId: 'u-7', ragCode: 'docs', results: 1, total: 2, requestId: 'r-1' },
    ]);
  });

  test('never says what was asked for or what was found', async () => {
    await ask({ ragCode: 'docs', query: 'xylophone marimba', filters: { lang: 'glockenspiel' } }, rootCall({}));
    await ask({ ragCode: 'docs', query: 'xylophone marimba' }, rootCall({}));
    await expect(ask({ ragCode: 'docs', query: 'marimba', limit: -1 }, rootCall({}))).rejects.toThrow();
    expect(audits()).toHaveLength(2);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join('')).not.toMatch(/xylophone|marimba|glockenspiel/i);
  });

  test('says nothing of a search that was not allowed', async () => {
    await expect(ask({ ragCode: 'secret', query: 'x' }, rootCall({}))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(audits()).toEqual([]);
  });
});
