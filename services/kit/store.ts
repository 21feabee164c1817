import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import type { Logger } from 'pino';

/** A connected database. */
export interface Store {
  readonly db: Db;
  close(): Promise<void>;
}

/**
 * A database that is gone has to be noticed before a caller gives up: within half a second by the next heartbeat,
 * 0.8 s later where it does not even refuse, and then a call waits 0.4 s more for another server.
 */
const OPTIONS: MongoClientOptions = {
  heartbeatFrequencyMS: 500,
  connectTimeoutMS: 800,
  serverSelectionTimeoutMS: 400,
  // The driver takes a connection that cannot be opened for a sign of overload and tries again, twice, each as long.
  maxAdaptiveRetries: 0,
  // With `stream` a server that hangs is noticed later.
  serverMonitoringMode: 'poll',
};

/**
 * Connects to MongoDB, and waits for it as long as it takes: a pod that starts before its database
 * becomes ready when the database does.
 *
 * @param uri a connection string; the database it names, else the one of the service's name
 * @param signal gives up waiting
 * @param changed is told whenever the database goes away and when it is back
 */
export async function connectStore(
  uri: string,
  service: string,
  log: Logger,
  signal: AbortSignal,
  changed: (available: boolean) => void,
): Promise<Store> {
  const client = new MongoClient(uri, { ...OPTIONS, appName: service });
  const db = client.db(databaseOf(uri) ?? service);
  const close = (): Promise<void> => client.close();
  await waitFor(db, log, signal).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  watch(client, log, changed);
  return { db, close };
}

async function waitFor(db: Db, log: Logger, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await db.command({ ping: 1 });
      return;
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ reason: (error as Error).message }, 'waiting for MongoDB');
      await sleep(500, undefined, { signal });
    }
  }
}

function watch(client: MongoClient, log: Logger, changed: (available: boolean) => void): void {
  let available = true;
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    const now = [...newDescription.servers.values()].some((server) => server.isWritable);
    if (now === available) return;
    available = now;
    log.warn(now ? 'MongoDB is back' : 'MongoDB is gone');
    changed(now);
  });
}

function databaseOf(uri: string): string | undefined {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri) ?? [];
  return name && decodeURIComponent(name);
}
