import { createHash, randomUUID } from 'node:crypto';
import type { Database } from '../kit/mongo/store';
import { estimateTokens, type Piece } from './chunker';

/** A chunk as stored. */
export interface ChunkRecord {
  code: string;
  ragCode: string;
  materialCode: string;
  index: number;
  heading: string;
  content: string;
  tokenCount: number;
}

/** A material as stored; its chunks are written first. */
export interface MaterialRecord {
  ragCode: string;
  materialCode: string;
  /** Covers everything that can change: a different hash means different chunks. */
  hash: string;
  metadata: Record<string, string>;
  chunkCount: number;
}

/** A document to store. */
export interface Material {
  ragCode: string;
  materialCode: string;
  metadata: Record<string, string>;
  pieces: Piece[];
}

export type ChunkStore = Awaited<ReturnType<typeof createChunkStore>>;

/** Texts in chunks: the collections `materials`, `chunks`, and `collections` with their revisions. */
export async function createChunkStore(db: Database) {
  const chunks = () => db.collection<ChunkRecord>('chunks');
  const materials = () => db.collection<MaterialRecord>('materials');
  const collections = () => db.collection<{ ragCode: string; revision: string }>('collections');
  await Promise.all([
    chunks().createIndexes([{ key: { code: 1 }, unique: true }, { key: { ragCode: 1, materialCode: 1, index: 1 } }]),
    materials().createIndexes([{ key: { ragCode: 1, materialCode: 1 }, unique: true }]),
    collections().createIndexes([{ key: { ragCode: 1 }, unique: true }]),
  ]);
  return {
    /** The chunks that exist, in the order of the codes. */
    async get(codes: string[]): Promise<ChunkRecord[]> {
      const found = await chunks()
        .find({ code: { $in: codes } }, { projection: { _id: 0 } })
        .toArray();
      const byCode = new Map(found.map((chunk) => [chunk.code, chunk]));
      return codes.flatMap((code) => byCode.get(code) ?? []);
    },

    /** Replaces a material and its chunks, unless the material is unchanged. */
    async replace(material: Material): Promise<void> {
      const { ragCode, materialCode } = material;
      const record = recordOf(material);
      if (await materials().findOne({ ragCode, materialCode, hash: record.hash }, { projection: { _id: 1 } })) return;
      const writes = chunksOf(material).map((chunk) => ({
        replaceOne: { filter: { code: chunk.code }, replacement: chunk, upsert: true },
      }));
      if (writes.length > 0) await chunks().bulkWrite(writes, { ordered: false });
      await chunks().deleteMany({ ragCode, materialCode, index: { $gte: writes.length } });
      await materials().replaceOne({ ragCode, materialCode }, record, { upsert: true });
    },

    /** Gives a collection a new revision, once its changes can be read. */
    async bump(ragCode: string): Promise<void> {
      // Not a counter: after a database was emptied or restored it would repeat values.
      await collections().updateOne({ ragCode }, { $set: { revision: randomUUID() } }, { upsert: true });
    },

    /** Differs after every change of the collection; empty before the first. */
    async revision(ragCode: string): Promise<string> {
      return (await collections().findOne({ ragCode }))?.revision ?? '';
    },

    materials: (ragCode: string) => materials().find({ ragCode }).toArray(),

    chunksOf: (ragCode: string, materialCodes: string[]) =>
      chunks()
        .find({ ragCode, materialCode: { $in: materialCodes } })
        .toArray(),
  };
}

function recordOf({ ragCode, materialCode, metadata, pieces }: Material): MaterialRecord {
  const hash = digest(JSON.stringify([Object.entries(metadata).sort(), pieces]));
  return { ragCode, materialCode, metadata, hash, chunkCount: pieces.length };
}

function chunksOf({ ragCode, materialCode, pieces }: Material): ChunkRecord[] {
  const prefix = digest(JSON.stringify([ragCode, materialCode])).slice(0, 16);
  return pieces.map(({ heading, content }, index) => ({
    code: `${prefix}-${index}`,
    ragCode,
    materialCode,
    index,
    heading,
    content,
    tokenCount: estimateTokens(content),
  }));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
