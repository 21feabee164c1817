import { BSON, type Document, Long } from 'bson';
import { cursorNotFound } from './errors';

const DEFAULT_BATCH = 101;

/** What a batch holds at most, as in MongoDB; a reply is a document, and no document is larger. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

interface OpenCursor {
  namespace: string;
  rest: Document[];
}

/** The cursors that clients have open. */
export type Cursors = ReturnType<typeof createCursors>;

export function createCursors() {
  const open = new Map<number, OpenCursor>();
  let lastId = 0;

  function reply(id: number, cursor: OpenCursor, size: number, batch: 'firstBatch' | 'nextBatch'): Document {
    const documents = cursor.rest.splice(0, fitting(cursor.rest, size));
    if (cursor.rest.length === 0) open.delete(id);
    else open.set(id, cursor);
    const live = open.has(id) ? id : 0;
    return { cursor: { id: Long.fromNumber(live), ns: cursor.namespace, [batch]: documents } };
  }

  return {
    /** The first batch, and a cursor for the rest of the documents unless the client wants one batch only. */
    open(namespace: string, documents: Document[], batchSize = DEFAULT_BATCH, single = false): Document {
      const rest = single ? documents.slice(0, batchSize) : [...documents];
      lastId += 1;
      return reply(lastId, { namespace, rest }, batchSize, 'firstBatch');
    },

    /** @throws MongoError 43 when there is no such cursor */
    next(id: number, batchSize = Number.MAX_SAFE_INTEGER): Document {
      const cursor = open.get(id);
      if (!cursor) throw cursorNotFound(id);
      return reply(id, cursor, batchSize, 'nextBatch');
    },

    kill(ids: number[]): Document {
      const killed = ids.filter((id) => open.delete(id));
      const notFound = ids.filter((id) => !killed.includes(id));
      const longs = (all: number[]): Long[] => all.map((id) => Long.fromNumber(id));
      return { cursorsKilled: longs(killed), cursorsNotFound: longs(notFound), cursorsAlive: [], cursorsUnknown: [] };
    },
  };
}

/** How many of the documents go into one batch: one at least. */
function fitting(documents: Document[], size: number): number {
  let bytes = 0;
  const over = documents.slice(0, size).findIndex((document, index) => {
    bytes += BSON.calculateObjectSize(document, { ignoreUndefined: true });
    return index > 0 && bytes > MAX_BATCH_BYTES;
  });
  return over === -1 ? size : over;
}
