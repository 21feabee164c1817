import { Metadata } from '@grpc/grpc-js';
import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { type CallContext, rootCall } from '../kit/protocol/call';
import { serve, type Served } from '../kit/testing/serve';
import type { StatusError } from '../kit/errors/status-error';
import { createUserInfoHandlers } from '../user-info/handlers';
import { seedUsers } from '../user-info/seed';
import { userInfo } from '../user-info/service';
import { createUserStore } from '../user-info/store';
import { createAccess } from './access';
import { createRagSearchHandlers } from './handlers';
import { createKeywordRetriever } from './retriever';
import { ragSearch } from './service';
import { createChunkStore } from './store';

const getUserInfo = userInfo.only('getUserInfo');
const calls = ragSearch.only('search', 'streamSearch', 'getChunk', 'getChunksBatch', 'ingest');

const DOCUMENTS = [
  ['docs', 'retry.md', '# Retries\nThe proxy tries again when a call fails.', { lang: 'en' }],
  ['docs', 'call.md', '# Calls\nA call has a deadline.\n# Limits\nRetries count against it.', { lang: 'en' }],
  ['docs', 'anruf.md', '# Anrufe\nEin call hat eine Frist.', { lang: 'de' }],
  ['notes', 'secret.md', 'A call that nobody may read.', {}],
] as const;

let database: TestMongo;
let db: Db;
let users: Served<typeof getUserInfo>;
let rag: Served<typeof calls>;

beforeAll(async () => {
  database = await startMongo();
  db = database.client.db('rag-search');
  const store = await createUserStore(database.client.db('user-info'));
  await seedUsers(database.client.db('user-info'));
  users = await serve(userInfo, createUserInfoHandlers({ users: store }), getUserInfo);
  const chunks = await createChunkStore(db);
  const access = createAccess(users.client, 'u-guest');
  const retriever = createKeywordRetriever(chunks);
  const handlers = createRagSearchHandlers({ chunks, retriever, access, chunkCharacters: 100 });
  rag = await serve(ragSearch, handlers, calls);
  const requests = DOCUMENTS.map(([ragCode, materialCode, content, metadata]) => ({
    ragCode,
    document: { materialCode, content, metadata },
  }));
  await rag.client.ingest(requests, admin);
});

afterAll(async () => {
  await rag.stop();
  await users.stop();
  await database.stop();
});

/** A reader may search `docs`, an admin everything. */
function as(userId: string): CallContext {
  const metadata = new Metadata();
  metadata.set('user-id', userId);
  return rootCall({ metadata });
}
const reader = as('u-1003');
const admin = as('u-1001');

async function codeOf(materialCode: string, index = 0): Promise<string> {
  return String((await db.collection('chunks').findOne({ materialCode, index }))?.['code']);
}

/** The results of either way to search. */
async function streamed(request: Parameters<typeof rag.client.streamSearch>[0], context: CallContext) {
  const results = [];
  for await (const { result } of rag.client.streamSearch(request, context)) results.push(result);
  return results;
}

describe('searching', () => {
  test('returns chunks with where they are from', async () => {
    const { results, total } = await rag.client.search({ ragCode: 'docs', query: 'count limits' }, reader);
    expect(total).toBe(1);
    expect(results).toEqual([
      {
        ragChunkCode: await codeOf('call.md', 1),
        ragCode: 'docs',
        materialCode: 'call.md',
        content: '# Limits\nRetries count against it.',
        chunkIndex: 1,
        score: expect.any(Number) as number,
      },
    ]);
    expect(results[0]?.score).toBeGreaterThan(0);
  });

  test.each<[string, object, string[]]>([
    ['all, unless told otherwise', {}, ['anruf.md', 'call.md', 'retry.md']],
    ['by metadata', { filters: { lang: 'en' } }, ['call.md', 'retry.md']],
    ['by the code of the material', { filters: { material_code: 'anruf.md' } }, ['anruf.md']],
    ['by what nothing has', { filters: { lang: 'fr' } }, []],
    ['by a score that nothing has', { minScore: 1_000 }, []],
  ])('finds %s', async (_, wish, codes) => {
    const request = { ragCode: 'docs', query: 'call', ...wish };
    const { results, total } = await rag.client.search(request, reader);
    expect(results.map(({ materialCode }) => materialCode).sort()).toEqual(codes);
    expect(total).toBe(codes.length);
    expect(await streamed(request, reader)).toEqual(results);
  });

  test('returns the best, as many as are asked for, and counts all', async () => {
    const all = await rag.client.search({ ragCode: 'docs', query: 'call' }, reader);
    const two = await rag.client.search({ ragCode: 'docs', query: 'call', limit: 2 }, reader);
    expect(two).toEqual({ results: all.results.slice(0, 2), total: 3 });
    expect(await streamed({ ragCode: 'docs', query: 'call', limit: 2 }, reader)).toEqual(two.results);
  });

  test('returns ten, unless told otherwise', async () => {
    const document = { materialCode: 'long.md', content: `${'word '.repeat(19)}\n\n`.repeat(12), metadata: {} };
    await rag.client.ingest([{ ragCode: 'long', document }], admin);
    const { results, total } = await rag.client.search({ ragCode: 'long', query: 'word' }, admin);
    expect([results.length, total]).toEqual([10, 12]);
  });

  test.each([
    [{ query: 'x' }, 'rag_code: must not be empty'],
    [{ ragCode: 'docs' }, 'query: must not be empty'],
    [
      { ragCode: 'docs', query: 'x', limit: 101 },
      'limit: must be greater than or equal to 0 and less than or equal to 100',
    ],
    [{ ragCode: 'docs', query: 'x'.repeat(1001) }, 'query: must be at most 1000 characters'],
    [
      { ragCode: ' ', query: '\n', limit: -1 },
      'rag_code: must not be empty, query: must not be empty, limit: must be greater than or equal to 0 and less than or equal to 100',
    ],
  ])('refuses %j', async (request, faults) => {
    const error = { code: 'INVALID_ARGUMENT', message: `request.invalid (${faults})` };
    await expect(rag.client.search(request, reader)).rejects.toMatchObject(error);
    await expect(streamed(request, reader)).rejects.toMatchObject(error);
  });

  test.each([
    [reader, 'PERMISSION_DENIED', 'search.denied (user_id: u-1003, rag_code: notes)'],
    [rootCall({}), 'PERMISSION_DENIED', 'search.denied (user_id: u-guest, rag_code: notes)'],
    [as('u-9'), 'UNAUTHENTICATED', 'caller.unknown (user_id: u-9)'],
  ])('is only for those who may', async (context, code, message) => {
    const request = { ragCode: 'notes', query: 'call' };
    await expect(rag.client.search(request, context)).rejects.toMatchObject({ code, message });
    await expect(streamed(request, context)).rejects.toMatchObject({ code, message });
    expect(await rag.client.search(request, admin)).toMatchObject({ total: 1 });
  });
});

describe('getChunk', () => {
  test('returns a chunk', async () => {
    const code = await codeOf('call.md', 1);
    const content = '# Limits\nRetries count against it.';
    expect(await rag.client.getChunk({ ragChunkCode: code }, reader)).toEqual({
      chunk: { code, content, materialCode: 'call.md', tokenCount: Math.ceil(content.length / 4) },
    });
  });

  test.each([
    ['none', 'NOT_FOUND', 'chunk.not-found (rag_chunk_code: none)'],
    ['', 'INVALID_ARGUMENT', 'request.invalid (rag_chunk_code: must not be empty)'],
  ])('refuses the code %j', async (ragChunkCode, code, message) => {
    await expect(rag.client.getChunk({ ragChunkCode }, admin)).rejects.toMatchObject({ code, message });
  });

  test('is only for those who may search its collection', async () => {
    const ragChunkCode = await codeOf('secret.md');
    const error = { code: 'PERMISSION_DENIED', message: `chunk.denied (rag_chunk_code: ${ragChunkCode})` };
    await expect(rag.client.getChunk({ ragChunkCode }, reader)).rejects.toMatchObject(error);
    expect(await rag.client.getChunk({ ragChunkCode }, admin)).toMatchObject({ chunk: { materialCode: 'secret.md' } });
  });

  test.each([
    ['a reader', reader, 'PERMISSION_DENIED', 'chunk.denied'],
    ['a guest', rootCall({}), 'PERMISSION_DENIED', 'chunk.denied'],
    ['a user without rights', as('u-1010'), 'PERMISSION_DENIED', 'chunk.denied'],
    ['a caller whom nobody knows', as('u-9'), 'UNAUTHENTICATED', 'caller.unknown'],
  ])('does not tell %s what is there from what is not', async (_, context, code, reason) => {
    const answers = [await codeOf('secret.md'), 'none'].map(async (ragChunkCode) => {
      const error: unknown = await rag.client.getChunk({ ragChunkCode }, context).catch((thrown: unknown) => thrown);
      const { details, ...rest } = error as StatusError;
      const all = JSON.stringify([rest, (error as StatusError).message, details.localized, details.violations]);
      return { code: rest.code, reason: rest.reason, all: all.replaceAll(ragChunkCode, 'CODE') };
    });
    const [forbidden, absent] = await Promise.all(answers);
    expect(forbidden).toMatchObject({ code, reason });
    expect(absent).toEqual(forbidden);
  });
});

describe('getChunksBatch', () => {
  test('returns the chunks that exist, once each, in the order asked for', async () => {
    const [first, second, other] = [await codeOf('call.md'), await codeOf('call.md', 1), await codeOf('retry.md')];
    const ragChunkCodes = [other, second, 'none', first, second];
    const { chunks } = await rag.client.getChunksBatch({ ragChunkCodes }, reader);
    expect(chunks.map(({ code }) => code)).toEqual([other, second, first]);
  });

  test('leaves out what the caller may not read, like what does not exist', async () => {
    const [open, secret] = [await codeOf('call.md'), await codeOf('secret.md')];
    const codesFor = async (ragChunkCodes: string[], context: CallContext) =>
      (await rag.client.getChunksBatch({ ragChunkCodes }, context)).chunks.map(({ code }) => code);
    expect(await codesFor([secret, open], admin)).toEqual([secret, open]);
    expect(await codesFor([secret, open], reader)).toEqual([open]);
    expect(await codesFor([secret], reader)).toEqual([]);
    expect(await codesFor([open], as('u-1010'))).toEqual([]);
  });

  test.each(['call.md', 'none'])('is not for a caller whom nobody knows: %s', async (materialCode) => {
    const error = { code: 'UNAUTHENTICATED', message: 'caller.unknown (user_id: u-9)' };
    const ragChunkCodes = [await codeOf(materialCode)];
    await expect(rag.client.getChunksBatch({ ragChunkCodes }, as('u-9'))).rejects.toMatchObject(error);
  });

  test.each([
    [0, 'must contain at least 1 item'],
    [501, 'must contain no more than 500 items'],
  ])('refuses %i codes', async (length, fault) => {
    const ragChunkCodes = Array.from({ length }, (_, n) => String(n));
    const error = {
      code: 'INVALID_ARGUMENT',
      message: `request.invalid (rag_chunk_codes: ${fault})`,
    };
    await expect(rag.client.getChunksBatch({ ragChunkCodes }, reader)).rejects.toMatchObject(error);
  });
});
