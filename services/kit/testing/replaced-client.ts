import { MongoClient } from 'mongodb';
import type { Database } from '../mongo/store';

/** A database whose client is another one from some moment on, as after a change of the connection string. */
export interface ReplacedClient {
  readonly db: Database;
  /** Closes the client so far; collections from then on are of another. */
  replace(): Promise<void>;
  close(): Promise<void>;
}

export function createReplacedClient(uri: string, database: string): ReplacedClient {
  let client = new MongoClient(uri);
  return {
    db: { collection: (name, options) => client.db(database).collection(name, options) },
    replace: async () => {
      await client.close();
      client = new MongoClient(uri);
    },
    close: () => client.close(),
  };
}
