import type { Db, Document } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { rootCall } from '../kit/protocol/call';
import { serve, type Served } from '../kit/testing/serve';
import type { Access } from './access';
import { createRagSearchHandlers } from './handlers';
import { createKeywordRetriever } from './retriever';
import { ragSearch } from './service';
import { type ChunkStore, createChunkStore } from './store';
import { until } from '../kit/testing/programs/until';

const calls = ragSearch.only('search', 'ingest');
const context = rootCall({});

let database: TestMongo;
let db: Db;
let replicas: Served<typeof calls>[];
let changed: (ragCode: string) => void;

beforeAll(async () => {
  database = await startMongo();
  db = database.client.db('rag-search');
  replicas = [await startReplica(), await startReplica()];
});

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await database.stop();
});

beforeEach(async () => {
  changed = () => undefined;
  await Promise.all(['chunks', 'materials', 'collections'].map((name) => db.collection(name).deleteMany({})));
});

/** One of several processes on one database; it says when it has told the others of a change. */
async function startReplica(): Promise<Served<typeof calls>> {
  const store = await createChunkStore(db);
  const bump: ChunkStore['bump'] = async (ragCode) => {
    await store.bump(ragCode);
    changed(ragCode);
  };
  const chunks = { ...store, bump };
  const retriever = createKeywordRetriever(chunks);
  // Who may do what is tested beside access.ts and handlers.ts.
  const access: Access = {
    require: () => Promise.resolve('u-1'),
    permitted: (_, ragCodes) => Promise.resolve(new Set(ragCodes)),
  };
  return serve(ragSearch, createRagSearchHandlers({ chunks, retriever, access, chunkCharacters: 100 }), calls);
}

function client(replica = 0) {
  return (replicas[replica] as Served<typeof calls>).client;
}

function document(materialCode: string, content: string, ragCode = 'docs') {
  return { ragCode, document: { materialCode, content, metadata: { lang: 'en' } } };
}

/** The materials that a replica finds. */
async function find(query: string, ragCode = 'docs', replica = 0): Promise<string[]> {
  const { results } = await client(replica).search({ ragCode, query }, context);
  return results.map(({ materialCode }) => materialCode).sort();
}

async function stored(): Promise<Document[]> {
  const all = ['chunks', 'materials'].map((name) => db.collection(name).find().sort({ _id: 1 }).toArray());
  return (await Promise.all(all)).flat();
}

test('answers with what it took in, once it can be found', async () => {
  const two = document('b.md', `# One\n${'word '.repeat(30)}\n# Two\n服务`);
  const reply = await client().ingest([document('a.md', 'Alpha.'), two], context);
  expect(reply).toEqual({ documents: 2, chunks: 4, bytes: BigInt(6 + Buffer.byteLength(two.document.content)) });
  expect(await find('alpha')).toEqual(['a.md']);
  expect(await find('服务')).toEqual(['b.md']);
});

test('of nothing, answers with nothing', async () => {
  expect(await client().ingest([], context)).toEqual({ documents: 0, chunks: 0, bytes: 0n });
});

test('twice, changes nothing', async () => {
  const documents = [document('a.md', '# One\nAlpha.\n# Two\nBeta.'), document('b.md', 'Gamma.')];
  const first = await client().ingest(documents, context);
  const before = await stored();
  expect(before).toHaveLength(5);
  expect(await client(1).ingest(documents, context)).toEqual(first);
  expect(await stored()).toEqual(before);
  expect(await find('alpha beta gamma')).toEqual(['a.md', 'a.md', 'b.md']);
});

test('of another text for a document, takes its old chunks from the search', async () => {
  await client().ingest([document('a.md', '# One\nAlpha.\n# Two\nBeta.'), document('b.md', 'Beta.')], context);
  expect(await find('alpha beta')).toEqual(['a.md', 'a.md', 'b.md']);
  await client().ingest([document('a.md', 'Gamma.')], context);
  expect(await find('alpha beta')).toEqual(['b.md']);
  expect(await find('gamma')).toEqual(['a.md']);
});

test('of no text for a document, takes it from the search', async () => {
  await client().ingest([document('a.md', 'Alpha.')], context);
  expect(await find('alpha')).toEqual(['a.md']);
  expect(await client().ingest([document('a.md', ' \n')], context)).toMatchObject({ documents: 1, chunks: 0 });
  expect(await find('alpha')).toEqual([]);
});

test('of several collections, keeps them apart', async () => {
  await client().ingest([document('a.md', 'Alpha.'), document('a.md', 'Alpha, too.', 'notes')], context);
  expect(await find('alpha')).toEqual(['a.md']);
  expect(await find('too')).toEqual([]);
  expect(await find('too', 'notes')).toEqual(['a.md']);
});

test('by one replica is found by the other', async () => {
  for (const [replica, word] of ['alpha', 'beta', 'gamma', 'delta'].entries()) {
    await client(replica % 2).ingest([document(`${word}.md`, word)], context);
    expect(await find(word, 'docs', 0)).toEqual([`${word}.md`]);
    expect(await find(word, 'docs', 1)).toEqual([`${word}.md`]);
  }
});

test('by both replicas at once keeps all documents', async () => {
  const names = Array.from({ length: 20 }, (_, n) => `${String(n).padStart(2, '0')}.md`);
  const ingests = [0, 1].map((replica) => {
    const own = names.filter((_, n) => n % 2 === replica);
    return client(replica).ingest(
      own.map((name) => document(name, `Alpha ${name}.`)),
      context,
    );
  });
  await Promise.all(ingests);
  for (const replica of [0, 1]) {
    const { results, total } = await client(replica).search({ ragCode: 'docs', query: 'alpha', limit: 100 }, context);
    expect(results.map(({ materialCode }) => materialCode).sort()).toEqual(names);
    expect(total).toBe(20);
  }
});

describe('what cannot be taken in', () => {
  test.each<[string, object, string]>([
    ['no document', { ragCode: 'docs' }, 'document: must not be empty'],
    ['no collection', document('b.md', 'Beta.', ''), 'rag_code: must not be empty'],
    ['a long name', document('b.md', 'Beta.', 'x'.repeat(101)), 'rag_code: must be at most 100 characters'],
    ['no material', document('', 'Beta.'), 'document.material_code: must not be empty'],
    ['neither', document('', 'Beta.', ''), 'rag_code: must not be empty, document.material_code: must not be empty'],
  ])('is refused, and what came before it is kept: %s', async (_, request, faults) => {
    const ingesting = client().ingest([document('a.md', 'Alpha.'), request, document('c.md', 'Gamma.')], context);
    await expect(ingesting).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: `request.invalid (${faults})`,
    });
    expect(await find('alpha beta gamma')).toEqual(['a.md']);
  });
});

test('a stream that breaks off leaves what it brought, and it is found', async () => {
  const told = new Promise<string>((resolve) => (changed = resolve));
  async function* requests() {
    yield document('a.md', 'Alpha.');
    await until('the first is kept', async () => (await db.collection('materials').countDocuments()) > 0);
    throw new Error('the file is gone');
  }
  await expect(client().ingest(requests(), context)).rejects.toThrow('the file is gone');
  expect(await told).toBe('docs');
  expect(await find('alpha', 'docs', 1)).toEqual(['a.md']);
});
