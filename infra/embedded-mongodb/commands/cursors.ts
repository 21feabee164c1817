import { randomInt } from 'node:crypto';
import { BSON, type Document, Long } from 'bson';
import { cursorNotFound, MongoError } from '../errors';

const DEFAULT_BATCH = 101;

/** The maximum size of a batch, as in MongoDB: a reply is a document with the same limit. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/** The idle time after which a cursor expires, as in MongoDB, in milliseconds. */
const IDLE_MS = 10 * 60 * 1000;

interface OpenCursor {
  namespace: string;
  rest: Document[];
  lastUsed: number;
  immortal: boolean;
}

/** Options of the first batch. */
export interface Batch {
  batchSize?: number | undefined;
  /** Closes the cursor after the first batch. */
  single?: boolean;
  /** The cursor never expires. */
  immortal?: boolean;
}

/** The open cursors of clients. */
export type Cursors = ReturnType<typeof createCursors>;

/** @param now the time in milliseconds */
export function createCursors(now: () => number = Date.now) {
  const open = new Map<string, OpenCursor>();

  function reply(id: string, cursor: OpenCursor, size: number, batch: 'firstBatch' | 'nextBatch'): Document {
    const documents = cursor.rest.splice(0, fitting(cursor.rest, size));
    cursor.lastUsed = now();
    if (cursor.rest.length === 0) open.delete(id);
    else open.set(id, cursor);
    return { cursor: { id: Long.fromString(open.has(id) ? id : '0'), ns: cursor.namespace, [batch]: documents } };
  }

  return {
    /** Returns the first batch, and opens a cursor for the rest unless the client wants a single batch. */
    open(
      namespace: string,
      documents: Document[],
      { batchSize = DEFAULT_BATCH, single, immortal }: Batch = {},
    ): Document {
      const rest = single ? documents.slice(0, batchSize) : [...documents];
      const cursor = { namespace, rest, lastUsed: now(), immortal: immortal === true };
      return reply(freshId(), cursor, batchSize, 'firstBatch');
    },

    /** @throws MongoError 43 for an unknown cursor, 13 for a cursor on another collection */
    next(id: string, namespace: string, batchSize = Number.MAX_SAFE_INTEGER): Document {
      const cursor = open.get(id);
      if (!cursor) throw cursorNotFound(id);
      if (cursor.namespace !== namespace)
        throw new MongoError(
          13,
          'Unauthorized',
          `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
        );
      return reply(id, cursor, batchSize === 0 ? Number.MAX_SAFE_INTEGER : batchSize, 'nextBatch');
    },

    kill(ids: string[]): Document {
      const killed = ids.filter((id) => open.delete(id));
      const notFound = ids.filter((id) => !killed.includes(id));
      const longs = (all: string[]): Long[] => all.map((id) => Long.fromString(id));
      return { cursorsKilled: longs(killed), cursorsNotFound: longs(notFound), cursorsAlive: [], cursorsUnknown: [] };
    },

    /** Deletes the cursors that were idle for ten minutes. */
    expire(): void {
      for (const [id, { lastUsed, immortal }] of open) if (!immortal && now() - lastUsed >= IDLE_MS) open.delete(id);
    },

    size: (): number => open.size,
  };
}

// Unpredictable, and within the range of exact doubles.
const freshId = (): string => String(randomInt(1, 2 ** 47) * 64 + randomInt(64));

/** The number of documents in the next batch: at least one, unless the size is 0. */
function fitting(documents: Document[], size: number): number {
  let bytes = 0;
  const over = documents.slice(0, size).findIndex((document, index) => {
    bytes += BSON.calculateObjectSize(document);
    return index > 0 && bytes > MAX_BATCH_BYTES;
  });
  return over === -1 ? size : over;
}
