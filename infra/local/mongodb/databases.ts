import { type Collection, createCollection } from './collection';

/** Everything that is stored, by database and collection. */
export type Databases = ReturnType<typeof createDatabases>;

export function createDatabases() {
  const databases = new Map<string, Map<string, Collection>>();
  const collectionsOf = (database: string): Map<string, Collection> =>
    databases.get(database) ?? new Map<string, Collection>();

  return {
    names: (): string[] => [...databases.keys()],

    collections: (database: string): string[] => [...collectionsOf(database).keys()],

    /** The collection where there is one. */
    find: (database: string, name: string): Collection | undefined => collectionsOf(database).get(name),

    /** The collection, made when first written to. */
    open(database: string, name: string): Collection {
      const collections = collectionsOf(database);
      const collection = collections.get(name) ?? createCollection(`${database}.${name}`);
      databases.set(database, collections.set(name, collection));
      return collection;
    },

    drop: (database: string, name: string): boolean => collectionsOf(database).delete(name),

    dropDatabase: (database: string): boolean => databases.delete(database),
  };
}
