import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { chunkText, type Piece } from './chunker';
import { createKeywordRetriever, type Query, type Retriever } from './retriever';
import { type ChunkStore, createChunkStore } from './store';

let database: TestMongo;
let db: Db;
let chunks: ChunkStore;
let retriever: Retriever;

beforeAll(async () => {
  database = await startMongo();
});

afterAll(async () => {
  await database.stop();
});

beforeEach(async () => {
  db = database.client.db('rag-search');
  await db.dropDatabase();
  chunks = await createChunkStore(db);
  retriever = createKeywordRetriever(chunks);
});

const QUERY: Query = { ragCode: 'docs', text: '', limit: 100, minScore: 0, filters: {} };

async function keep(materialCode: string, pieces: Piece[], metadata: Record<string, string> = {}, ragCode = 'docs') {
  await chunks.replace({ ragCode, materialCode, metadata, pieces });
  await chunks.bump(ragCode);
}

function put(materialCode: string, text: string, metadata: Record<string, string> = {}, ragCode = 'docs') {
  return keep(materialCode, chunkText(text, 1_000), metadata, ragCode);
}

/** The materials that answer, best first. */
async function find(text: string, more: Partial<Query> = {}, by = retriever): Promise<string[]> {
  const { hits } = await by.search({ ...QUERY, text, ...more });
  return hits.map(({ chunk }) => chunk.materialCode);
}

describe('finding', () => {
  beforeEach(async () => {
    await put('retry.md', '# Retries\nThe proxy tries again when a call fails.', { lang: 'en', team: 'mesh' });
    await put('call.md', '# Calls\nA call has a deadline. Retries count against it.', { lang: 'en', team: 'kit' });
    await put('zh.md', '# 重试\n调用失败时代理会重试。', { lang: 'zh', team: 'mesh' });
  });

  test.each([
    ['a word', 'deadline', ['call.md']],
    ['capitals', 'DEADLINE', ['call.md']],
    ['a word in a heading or a text', 'retries', ['call.md', 'retry.md']],
    ['the beginning of a longer word', 'dead', ['call.md']],
    ['not the beginning of a short one', 'dea', []],
    ['either of two words', 'deadline proxy', ['call.md', 'retry.md']],
    ['characters that nothing separates', '代理', ['zh.md']],
    ['nothing, for a word that is not there', 'kubernetes', []],
    ['nothing, for no words at all', '?!', []],
  ])('by %s', async (_, text, codes) => {
    expect((await find(text)).sort()).toEqual(codes);
  });

  test('a word in a heading before one in a text', async () => {
    await keep('text.md', [{ heading: 'Other', content: 'lanes and more' }]);
    await keep('heading.md', [{ heading: 'Lanes', content: 'other and more' }]);
    expect(await find('lanes')).toEqual(['heading.md', 'text.md']);
  });

  test('best first, with scores that fall', async () => {
    const { hits } = await retriever.search({ ...QUERY, text: 'retries call' });
    const scores = hits.map(({ score }) => score);
    expect(scores).toHaveLength(2);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores.every((score) => score > 0)).toBe(true);
  });

  test.each<[Record<string, string>, string[]]>([
    [{ team: 'mesh' }, ['retry.md']],
    [{ lang: 'en' }, ['call.md', 'retry.md']],
    [{ lang: 'en', team: 'kit' }, ['call.md']],
    [{ lang: 'zh' }, []],
    [{ material_code: 'call.md' }, ['call.md']],
    [{ material_code: 'call.md', lang: 'zh' }, []],
    [{ lang: 'e' }, []],
    [{ unknown: 'en' }, []],
    [{ constructor: 'en' }, []],
  ])('only what matches %j', async (filters, codes) => {
    expect((await find('call', { filters })).sort()).toEqual(codes);
  });

  test('only the best, and counts all', async () => {
    const all = await retriever.search({ ...QUERY, text: 'retries' });
    const one = await retriever.search({ ...QUERY, text: 'retries', limit: 1 });
    expect(all.total).toBe(2);
    expect(one).toEqual({ hits: all.hits.slice(0, 1), total: 2 });
  });

  test('only what scores enough, the bound included', async () => {
    const { hits } = await retriever.search({ ...QUERY, text: 'retries' });
    const [best = 0, next = 0] = hits.map(({ score }) => score);
    expect(best).toBeGreaterThan(next);
    expect(await retriever.search({ ...QUERY, text: 'retries', minScore: best })).toMatchObject({ total: 1 });
    expect(await retriever.search({ ...QUERY, text: 'retries', minScore: next })).toMatchObject({ total: 2 });
    expect(await retriever.search({ ...QUERY, text: 'retries', minScore: best + 1 })).toEqual({ hits: [], total: 0 });
  });

  test('only in the collection asked for', async () => {
    await put('notes.md', 'A deadline in my notes.', {}, 'notes');
    expect(await find('deadline')).toEqual(['call.md']);
    expect(await find('deadline', { ragCode: 'notes' })).toEqual(['notes.md']);
    expect(await find('deadline', { ragCode: 'nothing' })).toEqual([]);
  });
});

/** A retriever, and the materials whose chunks it has read, read by read. */
function watched(): { replica: Retriever; loaded: string[][] } {
  const loaded: string[][] = [];
  const chunksOf: ChunkStore['chunksOf'] = (ragCode, materialCodes) => {
    loaded.push(materialCodes);
    return chunks.chunksOf(ragCode, materialCodes);
  };
  return { replica: createKeywordRetriever({ ...chunks, chunksOf }), loaded };
}

describe('after a change', () => {
  test('reads only what has changed', async () => {
    const { replica, loaded } = watched();
    await put('a.md', 'Alpha.');
    await find('alpha', {}, replica);
    await put('b.md', 'Alpha.');
    await find('alpha', {}, replica);
    await find('alpha', {}, replica);
    expect(loaded).toEqual([['a.md'], ['b.md']]);
  });

  test('a refresh leaves the next search nothing to read', async () => {
    const { replica, loaded } = watched();
    await put('a.md', 'Alpha.');
    await replica.refresh('docs');
    expect(loaded).toEqual([['a.md']]);
    expect(await find('alpha', {}, replica)).toEqual(['a.md']);
    expect(loaded).toEqual([['a.md']]);
  });

  test('finds the new text of a material and not the old', async () => {
    await put('a.md', '# One\nAlpha.\n# Two\nBeta.');
    expect(await find('alpha beta')).toEqual(['a.md', 'a.md']);
    await put('a.md', '# One\nGamma.');
    expect(await find('alpha beta')).toEqual([]);
    expect(await find('gamma')).toEqual(['a.md']);
    await put('a.md', '# One\nAlpha.\n# Two\nBeta.');
    expect(await find('gamma')).toEqual([]);
    expect(await find('alpha beta')).toEqual(['a.md', 'a.md']);
  });

  test('filters by the new metadata', async () => {
    await put('a.md', 'Alpha.', { lang: 'en' });
    expect(await find('alpha', { filters: { lang: 'en' } })).toEqual(['a.md']);
    await put('a.md', 'Alpha.', { lang: 'de' });
    expect(await find('alpha', { filters: { lang: 'en' } })).toEqual([]);
    expect(await find('alpha', { filters: { lang: 'de' } })).toEqual(['a.md']);
  });

  test('no longer finds a material that is gone', async () => {
    await put('a.md', 'Alpha.');
    await put('b.md', 'Alpha and beta.');
    expect(await find('alpha')).toHaveLength(2);
    await db.collection('materials').deleteOne({ materialCode: 'a.md' });
    await db.collection('chunks').deleteMany({ materialCode: 'a.md' });
    await chunks.bump('docs');
    expect(await retriever.search({ ...QUERY, text: 'alpha' })).toMatchObject({ total: 1 });
  });

  test('of the whole database, which begins anew, finds what is there now', async () => {
    await put('a.md', 'Alpha.');
    expect(await find('alpha')).toEqual(['a.md']);
    await db.dropDatabase();
    expect(await find('alpha')).toEqual([]);
    await put('b.md', 'Beta.');
    expect(await find('alpha beta')).toEqual(['b.md']);
  });

  test('every replica finds what any of them took in', async () => {
    const replicas = await Promise.all([1, 2].map(async () => createKeywordRetriever(await createChunkStore(db))));
    for (const [n, word] of ['alpha', 'beta', 'gamma'].entries()) {
      await put(`${n}.md`, word);
      for (const replica of replicas) expect(await find(word, {}, replica)).toEqual([`${n}.md`]);
    }
    await put('0.md', 'delta');
    for (const replica of replicas) expect(await find('alpha', {}, replica)).toEqual([]);
  });

  test('searches at the same time find the same', async () => {
    for (let n = 0; n < 30; n += 1) await put(`${n}.md`, `alpha number ${n}`);
    const found = await Promise.all(Array.from({ length: 20 }, () => find('alpha')));
    expect(found.map(({ length }) => length)).toEqual(Array.from({ length: 20 }, () => 30));
  });
});

test('a search that fails for the database leaves the next one whole', async () => {
  await put('a.md', 'Alpha.');
  let broken = false;
  const chunksOf: ChunkStore['chunksOf'] = (...args) =>
    broken ? Promise.reject(new Error('no database')) : chunks.chunksOf(...args);
  const replica = createKeywordRetriever({ ...chunks, chunksOf });
  expect(await find('alpha', {}, replica)).toEqual(['a.md']);
  await put('b.md', 'Alpha as well.');
  broken = true;
  await expect(find('alpha', {}, replica)).rejects.toThrow('no database');
  broken = false;
  expect((await find('alpha', {}, replica)).sort()).toEqual(['a.md', 'b.md']);
});
