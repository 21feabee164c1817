import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';

/** A client of MongoDB with one connection string. */
export interface StoreClient {
  readonly uri: string;
  readonly db: Db;
  /**
   * Resolves when the database answers, however long that takes.
   *
   * @param everyMs how often to say why it has not, or to try again
   * @param waiting is told why
   */
  answers(signal: AbortSignal, everyMs: number, waiting: (reason: string) => void): Promise<void>;
  /** Reports each time the database is lost and each time it is back. Call it after the first answer. */
  watch(changed: (reachable: boolean) => void): void;
  /** Resolves when no operation has run for this long. */
  unused(forMs: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * A database that refuses or resets connections is lost at once. One that only says nothing is lost after ten seconds,
 * which are five heartbeats: until then it may be slow, and losing it would cut every operation that is running.
 */
const DEFAULTS: MongoClientOptions = {
  heartbeatFrequencyMS: 2_000,
  connectTimeoutMS: 10_000,
  // How long an operation waits for a database that is lost: a caller should hear of it before its deadline.
  serverSelectionTimeoutMS: 1_000,
  // The driver sees overload in a connection that fails to open, and would try twice more, each time as long.
  maxAdaptiveRetries: 0,
  // With `stream` it would take `heartbeatFrequencyMS` longer to notice a database that hangs.
  serverMonitoringMode: 'poll',
};

/** The first connection may take as long as a slow database needs: the driver gives up all of it, and starts anew. */
const FIRST_CONNECTION_MS = 10_000;

/**
 * Creates a client, which connects when it is used. Options of the connection string win over the defaults here.
 *
 * @param service its name, also for the database if the connection string names none
 * @throws Error when the driver cannot read the connection string
 */
export function createStoreClient(uri: string, service: string): StoreClient {
  const options = optionsBeside(uri, { ...DEFAULTS, appName: service });
  const client = open(uri, options);
  if (options.serverSelectionTimeoutMS !== undefined) beginPatiently(client, options.serverSelectionTimeoutMS);
  const db = client.db(databaseOf(uri) ?? service);
  return {
    uri,
    db,
    answers: (signal, everyMs, waiting) => firstAnswer(client, signal, everyMs, waiting),
    watch: (changed) => watch(client, changed),
    unused: createUsage(client),
    close: () => client.close(),
  };
}

/** The driver lets options in code win over those of the connection string. */
function optionsBeside(uri: string, options: MongoClientOptions): MongoClientOptions {
  const given = [...new URLSearchParams(uri.split('?')[1]).keys()].map((name) => name.toLowerCase());
  return Object.fromEntries(Object.entries(options).filter(([name]) => !given.includes(name.toLowerCase())));
}

function open(uri: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, options);
  } catch {
    // The driver's message quotes the user, the host and sometimes the whole string.
    throw new Error(
      'MongoDB’s driver cannot read the connection string; look for an option that does not exist, or a value that an ' +
        'option does not take',
    );
  }
}

/**
 * The driver has one setting for the wait of operations and of a client that connects. It reads the latter after it has
 * said that it opens, and the former at each operation.
 */
function beginPatiently(client: MongoClient, serverSelectionTimeoutMS: number): void {
  client.on('topologyOpening', () => {
    Object.assign(client.options, { serverSelectionTimeoutMS: FIRST_CONNECTION_MS });
  });
  client.on('open', () => Object.assign(client.options, { serverSelectionTimeoutMS }));
}

function databaseOf(uri: string): string | undefined {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(uri) ?? [];
  return name && decodeURIComponent(name);
}

async function firstAnswer(
  client: MongoClient,
  signal: AbortSignal,
  everyMs: number,
  waiting: (reason: string) => void,
): Promise<void> {
  let reason = 'it does not answer';
  const heartbeatFailed = ({ failure }: { failure: Error }): void => void (reason = failure.message);
  const pingFailed = ({ name, message }: Error): false => {
    if (name !== 'MongoServerSelectionError') reason = message;
    return false;
  };
  client.on('serverHeartbeatFailed', heartbeatFailed);
  const reporting = setInterval(() => waiting(reason), everyMs);
  try {
    while (!(await unlessAborted(signal, ping(client).catch(pingFailed)))) await sleep(everyMs, undefined, { signal });
  } finally {
    clearInterval(reporting);
    client.off('serverHeartbeatFailed', heartbeatFailed);
  }
}

async function ping(client: MongoClient): Promise<true> {
  // After a connect that failed, only another one helps: operations say "Topology is closed".
  await client.connect();
  await client.db().command({ ping: 1 });
  return true;
}

function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function watch(client: MongoClient, changed: (reachable: boolean) => void): void {
  let reachable = true;
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    const now = [...newDescription.servers.values()].some((server) => server.isWritable);
    if (now === reachable) return;
    reachable = now;
    changed(now);
  });
}

/** An operation has a connection while it waits for the server; a cursor has none between two batches. */
function createUsage(client: MongoClient): StoreClient['unused'] {
  let running = 0;
  let last = Date.now();
  client.on('connectionCheckedOut', () => (running += 1));
  client.on('connectionCheckedIn', () => {
    running -= 1;
    last = Date.now();
  });
  return async (forMs, signal) => {
    last = Date.now();
    const left = (): number => (running > 0 ? forMs : last + forMs - Date.now());
    while (left() > 0) await sleep(left(), undefined, { signal, ref: false });
  };
}
