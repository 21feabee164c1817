import { randomInt } from 'node:crypto';
import { BSON, type Document, Long } from 'bson';
import { cursorNotFound, MongoError } from '../errors';

const DEFAULT_BATCH = 101;

/** What a batch holds at most, as in MongoDB; a reply is a document, and no document is larger. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/** How long a cursor is kept that nobody asks anything of, as in MongoDB, in milliseconds. */
const IDLE_MS = 10 * 60 * 1000;

interface OpenCursor {
  namespace: string;
  rest: Document[];
  lastUsed: number;
  immortal: boolean;
}

/** How the first batch is cut. */
export interface Batch {
  batchSize?: number | undefined;
  /** The first batch is all that is wanted. */
  single?: boolean;
  /** The cursor is kept however long nobody asks. */
  immortal?: boolean;
}

/** The cursors that clients have open. */
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
    /** The first batch, and a cursor for the rest of the documents unless the client wants one batch only. */
    open(
      namespace: string,
      documents: Document[],
      { batchSize = DEFAULT_BATCH, single, immortal }: Batch = {},
    ): Document {
      const rest = single ? documents.slice(0, batchSize) : [...documents];
      const cursor = { namespace, rest, lastUsed: now(), immortal: immortal === true };
      return reply(freshId(), cursor, batchSize, 'firstBatch');
    },

    /** @throws MongoError 43 when there is no such cursor, 13 when it is one over something else */
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

    /** Forgets the cursors that nobody has asked anything of for ten minutes. */
    expire(): void {
      for (const [id, { lastUsed, immortal }] of open) if (!immortal && now() - lastUsed >= IDLE_MS) open.delete(id);
    },

    size: (): number => open.size,
  };
}

// One that nobody can guess from another, and that every client can hold.
const freshId = (): string => String(randomInt(1, 2 ** 47) * 64 + randomInt(64));

/** How many of the documents go into one batch: one at least, unless none is asked for. */
function fitting(documents: Document[], size: number): number {
  let bytes = 0;
  const over = documents.slice(0, size).findIndex((document, index) => {
    bytes += BSON.calculateObjectSize(document);
    return index > 0 && bytes > MAX_BATCH_BYTES;
  });
  return over === -1 ? size : over;
}
