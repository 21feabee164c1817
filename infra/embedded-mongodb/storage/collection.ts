import { BSON, type Document, ObjectId, Timestamp } from 'bson';
import { badValue, MongoError } from '../errors';
import { createKeyIndex, type IndexSpec, type KeyIndex } from './key-index';
import { compileFilter, type Variables } from '../query/match';
import { keyOf } from '../query/order';
import { valuesAt } from '../query/paths';
import { sortDocuments } from '../query/sort';
import { compileUpdate, documentToUpsert, isChange, type UpdateRequest } from '../update/update';
import { timestampNow } from '../update/update-operators';
import { typeName } from '../query/values';

/** MongoDB's limit for a document. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** The outcome of an update. */
export interface UpdateOutcome {
  matched: number;
  modified: number;
  upsertedId?: unknown;
  /** The document before and after, for findAndModify. */
  before?: Document;
  after?: Document;
}

/** Records a change of a document, after it happened. */
export type Note = (effect: { put: Document } | { remove: unknown }) => void;

/** A collection of documents. Documents are never changed in place, so a reference to one is a snapshot. */
export type Collection = ReturnType<typeof createCollection>;

/** @param namespace `database.collection`, for messages */
export function createCollection(namespace: string, note: Note) {
  // By the key of their _id, in order of insertion.
  const documents = new Map<string, Document>();
  const indexes = new Map<string, KeyIndex>();
  const sizes = new WeakMap<Document, number>();
  let bytes = 0;

  const createIndex = (spec: IndexSpec): void => {
    const { partialFilterExpression: partial } = spec;
    const index = createKeyIndex(spec, partial && compileFilter(partial));
    for (const document of documents.values()) {
      index.refuseDuplicate(document, undefined, namespace);
      index.add(document);
    }
    indexes.set(spec.name, index);
  };
  createIndex({ name: '_id_', key: { _id: 1 }, unique: true });

  function find(filter: Document, sort?: Document, variables?: Variables): Document[] {
    const found = candidates(filter).filter(compileFilter(filter, variables));
    return sort ? sortDocuments(found, sort) : found;
  }

  function candidates(filter: Document): Document[] {
    for (const index of indexes.values()) {
      const found = index.candidates(filter);
      if (found) return found;
    }
    return [...documents.values()];
  }

  function put(document: Document, previous?: Document): void {
    const size = sizeOf(document);
    for (const index of indexes.values()) index.refuseDuplicate(document, previous, namespace);
    if (previous) forget(previous);
    documents.set(keyOf(document['_id']), document);
    for (const index of indexes.values()) index.add(document);
    sizes.set(document, size);
    bytes += size;
    note({ put: document });
  }

  function forget(document: Document): void {
    for (const index of indexes.values()) index.remove(document);
    bytes -= sizes.get(document) ?? 0;
  }

  function take(document: Document): void {
    forget(document);
    documents.delete(keyOf(document['_id']));
    note({ remove: document['_id'] as unknown });
  }

  return {
    find,
    put,
    createIndex,

    dropIndex: (name: string): boolean => indexes.delete(name),

    indexes: (): IndexSpec[] => [...indexes.values()].map(({ spec }) => spec),

    /** Every document, as a snapshot. */
    all: (): Document[] => [...documents.values()],

    size: (): number => documents.size,

    /** The size of the documents in BSON. */
    bytes: (): number => bytes,

    get: (id: unknown): Document | undefined => documents.get(keyOf(id)),

    take,

    /** @throws MongoError 11000 */
    insert: (document: Document): void => put(toInsert(document)),

    /** @throws MongoError 11000; earlier updates of the same call stay */
    update(request: UpdateRequest): UpdateOutcome {
      const change = compileUpdate(request);
      const found = find(request.filter, request.sort, request.variables);
      const outcome: UpdateOutcome = { matched: 0, modified: 0 };
      for (const before of request.multi ? found : found.slice(0, 1)) {
        const after = change(before, false);
        const changed = isChange(before, after);
        if (changed) put(after, before);
        outcome.matched += 1;
        outcome.modified += changed ? 1 : 0;
        Object.assign(outcome, { before, after });
      }
      if (outcome.matched > 0 || !request.upsert) return outcome;
      const document = toInsert(documentToUpsert(request, change));
      put(document);
      return { matched: 0, modified: 0, upsertedId: document['_id'], after: document };
    },

    /** @returns the deleted documents */
    delete(filter: Document, options: { all: boolean; sort?: Document; variables?: Variables }): Document[] {
      const found = find(filter, options.sort, options.variables);
      const gone = options.all ? found : found.slice(0, 1);
      gone.forEach(take);
      return gone;
    },

    /** Deletes documents that have expired by a TTL index. */
    expire(now: number): void {
      for (const { key, expireAfterSeconds: seconds } of [...indexes.values()].map(({ spec }) => spec)) {
        if (seconds === undefined) continue;
        const parts = (Object.keys(key)[0] ?? '').split('.');
        const isOver = (value: unknown): boolean => value instanceof Date && value.getTime() + seconds * 1000 <= now;
        [...documents.values()].filter((each) => valuesAt(each, parts).flat().some(isOver)).forEach(take);
      }
    },
  };
}

/** @throws MongoError for a document that is too large */
function sizeOf(document: Document): number {
  const size = BSON.calculateObjectSize(document);
  if (size <= MAX_DOCUMENT_BYTES) return size;
  throw badValue(`object to insert too large. size in bytes: ${size}, max size: ${MAX_DOCUMENT_BYTES}`);
}

const NO_ID = new Set(['array', 'regex', 'undefined']);

/** Prepares a document for storage: _id comes first and is added if missing, and empty timestamps get the time. */
function toInsert({ _id = new ObjectId(), ...rest }: Document): Document {
  if (NO_ID.has(typeName(_id)))
    throw new MongoError(53, 'InvalidIdField', `The '_id' value cannot be of type ${typeName(_id)}`);
  const field = Object.keys(rest).find((name) => name.startsWith('$'));
  if (field)
    throw new MongoError(52, 'DollarPrefixedFieldName', `Document can't have $ prefixed field names: ${field}`);
  const stamped = Object.entries(rest).map(([name, value]: [string, unknown]) => [
    name,
    isEmpty(value) ? timestampNow() : value,
  ]);
  return { _id: _id as unknown, ...(Object.fromEntries(stamped) as Document) };
}

const isEmpty = (value: unknown): boolean => value instanceof Timestamp && value.t === 0 && value.i === 0;
