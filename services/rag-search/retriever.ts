import MiniSearch from 'minisearch';
import { wordsOf } from './chunker';
import type { ChunkRecord, ChunkStore, MaterialRecord } from './store';

/** A search. */
export interface Query {
  ragCode: string;
  text: string;
  limit: number;
  minScore: number;
  /** Exact matches on a material's metadata, or on its code as `material_code`. */
  filters: Readonly<Record<string, string>>;
}

/** A chunk that matches a query. */
export interface Hit {
  chunk: ChunkRecord;
  score: number;
}

/** Finds chunks. A vector store can implement it too. */
export interface Retriever {
  /** @returns the best hits, best first, and the number of all hits */
  search(query: Query): Promise<{ hits: Hit[]; total: number }>;
  /** Updates the index of a collection, so that the next search need not. */
  refresh(ragCode: string): Promise<void>;
}

interface Index {
  revision: string;
  words: MiniSearch<ChunkRecord>;
  materials: Map<string, MaterialRecord & { codes: string[] }>;
}

/**
 * Finds chunks by their words (BM25), in one index in memory per collection. Each search first updates the index from
 * the store, so replicas need not know of each other.
 */
export function createKeywordRetriever(chunks: ChunkStore): Retriever {
  const indexes = new Map<string, Promise<Index>>();

  async function current(ragCode: string): Promise<Index> {
    const previous = indexes.get(ragCode) ?? Promise.resolve(emptyIndex());
    // One update at a time; a failed one leaves the index as it was.
    const next = previous.then((index) => update(chunks, ragCode, index));
    indexes.set(
      ragCode,
      next.catch(() => previous),
    );
    const index = await next;
    // Anybody can ask for a collection that does not exist, so nothing is kept for it.
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
  // Read before the materials: a change in between has a new revision, so the next search updates again.
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
