import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import type { Logger } from 'pino';

/** A connected database. */
export interface Store {
  readonly db: Db;
  close(): Promise<void>;
}

const OPTIONS: MongoClientOptions = {
  // The driver's 30 s would outlast every caller.
  serverSelectionTimeoutMS: 2_000,
  connectTimeoutMS: 2_000,
};

/**
 * Connects to MongoDB, and waits for it as long as it takes: a pod that starts before its database
 * becomes ready when the database does.
 *
 * @param uri a connection string; the database it names, else the one of the service's name
 * @param signal gives up waiting
 */
export async function connectStore(uri: string, service: string, log: Logger, signal: AbortSignal): Promise<Store> {
  const client = new MongoClient(uri, { ...OPTIONS, appName: service });
  const db = client.db(databaseOf(uri) ?? service);
  for (;;) {
    try {
      await db.command({ ping: 1 });
      return { db, close: () => client.close() };
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ reason: (error as Error).message }, 'waiting for MongoDB');
      await sleep(500, undefined, { signal });
    }
  }
}

function databaseOf(uri: string): string | undefined {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri) ?? [];
  return name && decodeURIComponent(name);
}
