import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';

/** A client of MongoDB, with one connection string for as long as it lives. */
export interface StoreClient {
  readonly uri: string;
  readonly db: Db;
  /**
   * Resolves when the database answers, however long that takes.
   *
   * @param everyMs how often to ask @param failed is told each time why it did not
   */
  answers(signal: AbortSignal, everyMs: number, failed: (reason: string) => void): Promise<void>;
  /** From when it has answered on: whenever the database goes away and when it is back. */
  watch(changed: (available: boolean) => void): void;
  /** Resolves when nothing has been under way for so long. */
  unused(forMs: number, signal: AbortSignal): Promise<void>;
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
 * Makes a client, which connects when it is used.
 *
 * @param service its name, which is the database's where the connection string has none
 * @throws Error when the driver cannot read the connection string
 */
export function createStoreClient(uri: string, service: string): StoreClient {
  const client = clientOf(uri, service);
  const db = client.db(databaseOf(uri) ?? service);
  return {
    uri,
    db,
    answers: (signal, everyMs, failed) => answers(client, signal, everyMs, failed),
    watch: (changed) => watch(client, changed),
    unused: createUsage(client),
    close: () => client.close(),
  };
}

function clientOf(uri: string, service: string): MongoClient {
  try {
    return new MongoClient(uri, { ...OPTIONS, appName: service });
  } catch {
    // The driver's own words quote the user, the host and sometimes all of it.
    throw new Error(
      'MongoDB’s driver cannot read the connection string; look for an option that does not exist, or a value that an ' +
        'option does not take',
    );
  }
}

function databaseOf(uri: string): string | undefined {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(uri) ?? [];
  return name && decodeURIComponent(name);
}

async function answers(
  client: MongoClient,
  signal: AbortSignal,
  everyMs: number,
  failed: (reason: string) => void,
): Promise<void> {
  for (;;) {
    try {
      // An operation connects a client once only: after a first try that failed each says "Topology is closed".
      await client.connect();
      await client.db().command({ ping: 1 });
      signal.throwIfAborted();
      return;
    } catch (error) {
      signal.throwIfAborted();
      failed((error as Error).message);
      await sleep(everyMs, undefined, { signal });
    }
  }
}

function watch(client: MongoClient, changed: (available: boolean) => void): void {
  let available = true;
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    const now = [...newDescription.servers.values()].some((server) => server.isWritable);
    if (now === available) return;
    available = now;
    changed(now);
  });
}

/** An operation has a connection while it waits for the server; a cursor has none between two batches. */
function createUsage(client: MongoClient): StoreClient['unused'] {
  let underWay = 0;
  let last = Date.now();
  client.on('connectionCheckedOut', () => (underWay += 1));
  client.on('connectionCheckedIn', () => {
    underWay -= 1;
    last = Date.now();
  });
  return async (forMs, signal) => {
    last = Date.now();
    const left = (): number => (underWay > 0 ? forMs : last + forMs - Date.now());
    while (left() > 0) await sleep(left(), undefined, { signal, ref: false });
  };
}
