import MiniSearch from 'minisearch';
import { wordsOf } from './chunker';
import type { ChunkRecord, ChunkStore, MaterialRecord } from './store';

/** What to look for. */
export interface Query {
  ragCode: string;
  text: string;
  limit: number;
  minScore: number;
  /** Exact matches on a material's metadata, or on its code as `material_code`. */
  filters: Readonly<Record<string, string>>;
}

/** A chunk that answers a query. */
export interface Hit {
  chunk: ChunkRecord;
  score: number;
}

/** Finds chunks. The seam behind which a vector store can stand as well. */
export interface Retriever {
  /** @returns the best hits, best first, and how many there are in all */
  search(query: Query): Promise<{ hits: Hit[]; total: number }>;
  /** Takes in what has changed in a collection, so that the next search need not. */
  refresh(ragCode: string): Promise<void>;
}

interface Index {
  revision: string;
  words: MiniSearch<ChunkRecord>;
  materials: Map<string, MaterialRecord & { codes: string[] }>;
}

/**
 * Finds chunks by their words (BM25), in an index in memory for each collection. The index is brought up to
 * date from the store before a search, so replicas need not know of each other.
 */
export function createKeywordRetriever(chunks: ChunkStore): Retriever {
  const indexes = new Map<string, Promise<Index>>();

  async function current(ragCode: string): Promise<Index> {
    const previous = indexes.get(ragCode) ?? Promise.resolve(emptyIndex());
    // One update at a time; a failed one leaves what was there.
    const next = previous.then((index) => update(chunks, ragCode, index));
    indexes.set(
      ragCode,
      next.catch(() => previous),
    );
    const index = await next;
    // Anybody can ask for a collection that is not there; nothing is kept of it.
    if (index.revision === '') indexes.delete(ragCode);
    return index;
  }

  return {
    async search({ ragCode, text, limit, minScore, filters }) {
      const { words, materials } = await current(ragCode);
      const matches = (materialCode: string): boolean => matchesAll(materials.get(materialCode), filters);
      const found = words.search(text, { filter: (hit) => matches(hit['materialCode'] as string) });
      const good = found.filter(({ score }) => score >= minScore);
      const best = good.slice(0, limit);
      const records = await chunks.get(best.map((hit) => hit.id as string));
      const byCode = new Map(records.map((chunk) => [chunk.code, chunk]));
      const hits = best.flatMap(({ id, score }) => {
        const chunk = byCode.get(id as string);
        return chunk ? [{ chunk, score }] : [];
      });
      return { hits, total: good.length };
    },

    async refresh(ragCode) {
      await current(ragCode);
    },
  };
}

function emptyIndex(): Index {
  const words = new MiniSearch<ChunkRecord>({
    idField: 'code',
    fields: ['heading', 'content'],
    storeFields: ['materialCode'],
    tokenize: wordsOf,
    searchOptions: { boost: { heading: 2 }, prefix: (term) => term.length > 3 },
  });
  return { revision: '', words, materials: new Map() };
}

async function update(chunks: ChunkStore, ragCode: string, index: Index): Promise<Index> {
  // Read before the materials: a change in between makes another revision, and the next search looks again.
  const revision = await chunks.revision(ragCode);
  if (revision === index.revision) return index;
  const stored = new Map((await chunks.materials(ragCode)).map((material) => [material.materialCode, material]));
  const changed = [...stored.values()].filter(
    ({ materialCode, hash }) => index.materials.get(materialCode)?.hash !== hash,
  );
  const loaded = await chunks.chunksOf(
    ragCode,
    changed.map(({ materialCode }) => materialCode),
  );
  const gone = [...index.materials.keys()].filter((code) => !stored.has(code));
  for (const code of [...gone, ...changed.map(({ materialCode }) => materialCode)]) forget(index, code);
  for (const material of changed) index.materials.set(material.materialCode, { ...material, codes: [] });
  for (const chunk of loaded) index.materials.get(chunk.materialCode)?.codes.push(chunk.code);
  await index.words.addAllAsync(loaded);
  index.revision = revision;
  return index;
}

function forget(index: Index, materialCode: string): void {
  index.words.discardAll(index.materials.get(materialCode)?.codes ?? []);
  index.materials.delete(materialCode);
}

function matchesAll(material: MaterialRecord | undefined, filters: Readonly<Record<string, string>>): boolean {
  if (!material) return false;
  return Object.entries(filters).every(([name, value]) =>
    name === 'material_code' ? material.materialCode === value : material.metadata[name] === value,
  );
}
