import { type Document, ObjectId } from 'bson';
import { Query } from 'mingo';
import { createKeyIndex, type IndexSpec, type KeyIndex } from './key-index';
import { applyUpdate, documentToUpsert, type UpdateRequest } from './update';

/** What an update did. */
export interface UpdateOutcome {
  matched: number;
  modified: number;
  upsertedId?: unknown;
  /** The one document before and after, for findAndModify. */
  before?: Document;
  after?: Document;
}

/** Documents under one name. They are never changed in place, so whoever holds one has a snapshot. */
export type Collection = ReturnType<typeof createCollection>;

/** @param namespace `database.collection`, for messages */
export function createCollection(namespace: string) {
  const documents = new Set<Document>();
  const indexes = new Map<string, KeyIndex>();
  const createIndex = (spec: IndexSpec): void => {
    const index = createKeyIndex(spec);
    for (const document of documents) {
      index.refuseDuplicate(document, undefined, namespace);
      index.add(document);
    }
    indexes.set(spec.name, index);
  };
  createIndex({ name: '_id_', key: { _id: 1 }, unique: true });

  function find(filter: Document, sort?: Document): Document[] {
    const among = candidates(filter);
    const cursor = new Query(filter).find<Document>(among);
    return (sort && Object.keys(sort).length > 0 ? cursor.sort(sort) : cursor).all();
  }

  function candidates(filter: Document): Document[] {
    for (const index of indexes.values()) {
      const found = index.candidates(filter);
      if (found) return found;
    }
    return [...documents];
  }

  function put(document: Document, previous?: Document): void {
    for (const index of indexes.values()) index.refuseDuplicate(document, previous, namespace);
    if (previous) take(previous);
    documents.add(document);
    for (const index of indexes.values()) index.add(document);
  }

  function take(document: Document): void {
    documents.delete(document);
    for (const index of indexes.values()) index.remove(document);
  }

  function upsert(request: UpdateRequest): UpdateOutcome {
    const document = documentToUpsert(request.filter, request.update, request.arrayFilters);
    put(document);
    return { matched: 0, modified: 0, upsertedId: document['_id'], after: document };
  }

  return {
    find,
    createIndex,

    indexes: (): IndexSpec[] => [...indexes.values()].map(({ spec }) => spec),

    size: (): number => documents.size,

    /** @throws MongoError 11000 */
    insert: (document: Document): void => put('_id' in document ? document : { _id: new ObjectId(), ...document }),

    /** @throws MongoError 11000; what was updated before it stays */
    update(request: UpdateRequest): UpdateOutcome {
      const found = find(request.filter, request.sort);
      if (found.length === 0) return request.upsert ? upsert(request) : { matched: 0, modified: 0 };
      const outcome: UpdateOutcome = { matched: 0, modified: 0 };
      for (const before of request.multi ? found : found.slice(0, 1)) {
        const after = applyUpdate(before, request);
        if (after !== before) put(after, before);
        outcome.matched += 1;
        outcome.modified += after === before ? 0 : 1;
        Object.assign(outcome, { before, after });
      }
      return outcome;
    },

    /** @returns what was deleted */
    delete(filter: Document, options: { all: boolean; sort?: Document }): Document[] {
      const found = find(filter, options.sort);
      const gone = options.all ? found : found.slice(0, 1);
      gone.forEach(take);
      return gone;
    },
  };
}
