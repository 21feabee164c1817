import type { Document } from 'bson';
import { type Collection, createCollection } from './collection';
import { MongoError } from '../errors';
import type { IndexSpec } from './key-index';

/** A change as recorded in the journal; replaying it gives the same state. */
export type Effect = {
  /** `database.collection` */
  in: string;
} & (
  | { put: Document }
  | { remove: unknown }
  | { index: IndexSpec }
  | { dropIndex: string }
  | { create: true }
  | { drop: true }
  | { rename: string }
);

/** All data, by database and collection. */
export type Databases = ReturnType<typeof createDatabases>;

/** @param record receives all changes, in order */
export function createDatabases(record: (effect: Effect) => void) {
  const collections = new Map<string, Collection>();
  const namesIn = (database: string): string[] =>
    [...collections.keys()]
      .filter((name) => name.startsWith(`${database}.`))
      .map((name) => name.slice(database.length + 1));

  function make(namespace: string): Collection {
    const collection = createCollection(namespace, (effect) => record({ in: namespace, ...effect }));
    collections.set(namespace, collection);
    return collection;
  }

  function open(namespace: string): Collection {
    const found = collections.get(namespace);
    if (found) return found;
    record({ in: namespace, create: true });
    return make(namespace);
  }

  function drop(namespace: string): boolean {
    if (!collections.delete(namespace)) return false;
    record({ in: namespace, drop: true });
    return true;
  }

  return {
    names: (): string[] => [...new Set([...collections.keys()].map((name) => name.slice(0, name.indexOf('.'))))],

    collections: namesIn,

    /** The collection, if it exists. */
    find: (database: string, name: string): Collection | undefined => collections.get(`${database}.${name}`),

    /** The collection, which is created on the first write. */
    open: (database: string, name: string): Collection => open(`${database}.${name}`),

    drop: (database: string, name: string): boolean => drop(`${database}.${name}`),

    dropDatabase: (database: string): void => namesIn(database).forEach((name) => drop(`${database}.${name}`)),

    createIndex(database: string, name: string, spec: IndexSpec): void {
      open(`${database}.${name}`).createIndex(spec);
      record({ in: `${database}.${name}`, index: spec });
    },

    dropIndex(database: string, name: string, index: string): void {
      collections.get(`${database}.${name}`)?.dropIndex(index);
      record({ in: `${database}.${name}`, dropIndex: index });
    },

    /** @throws MongoError 26 if the source is missing, 48 if the target exists */
    rename(from: string, to: string, dropTarget: boolean): void {
      const source = collections.get(from);
      if (!source) throw new MongoError(26, 'NamespaceNotFound', `Source collection ${from} does not exist`);
      if (from === to) throw new MongoError(20, 'IllegalOperation', "Can't rename a collection to itself");
      if (!dropTarget && collections.has(to)) throw new MongoError(48, 'NamespaceExists', 'target namespace exists');
      record({ in: from, rename: to });
      move(from, to, source);
    },

    expire: (now: number): void => collections.forEach((collection) => collection.expire(now)),

    /** The size of the documents in BSON. */
    bytes: (): number => [...collections.values()].reduce((sum, collection) => sum + collection.bytes(), 0),

    /** Replays a recorded change. */
    apply,

    /** The shortest way to have the same again. */
    /** The shortest list of changes that gives the current state, without changes during iteration. */
    snapshot(): Iterable<Effect> {
      const present = [...collections].map(([name, collection]) => ({
        name,
        indexes: collection.indexes().slice(1),
        documents: collection.all(),
      }));
      return effectsOf(present);
    },
  };

  /** A collection knows its name, so renaming makes a new one with the same content. */
  function move(from: string, to: string, source: Collection): void {
    collections.delete(from);
    const target = createCollection(to, (effect) => record({ in: to, ...effect }));
    collections.set(to, target);
    quietly(() => {
      source.all().forEach((document) => target.put(document));
      for (const spec of source.indexes().slice(1)) target.createIndex(spec);
    });
  }

  function quietly(work: () => void): void {
    const loud = record;
    record = () => undefined;
    try {
      work();
    } finally {
      record = loud;
    }
  }

  function apply(effect: Effect): void {
    quietly(() => {
      const collection = open(effect.in);
      if ('put' in effect) collection.put(effect.put, collection.get(effect.put['_id']));
      else if ('remove' in effect) removeFrom(collection, effect.remove);
      else if ('index' in effect) collection.createIndex(effect.index);
      else if ('dropIndex' in effect) collection.dropIndex(effect.dropIndex);
      else if ('drop' in effect) collections.delete(effect.in);
      else if ('rename' in effect) move(effect.in, effect.rename, collection);
    });
  }
}

function removeFrom(collection: Collection, id: unknown): void {
  const document = collection.get(id);
  if (document) collection.take(document);
}

interface Present {
  name: string;
  indexes: IndexSpec[];
  documents: Document[];
}

function* effectsOf(present: Present[]): Generator<Effect> {
  for (const { name, indexes, documents } of present) {
    yield { in: name, create: true };
    for (const index of indexes) yield { in: name, index };
    for (const document of documents) yield { in: name, put: document };
  }
}
