import type { Logger } from 'pino';
import { createStoreClient, type StoreClient } from './store-client';
import { createOutages } from './store-outages';

/** Options of a store. */
export interface StoreOptions {
  service: string;
  log: Logger;
  /** Stops waiting for a database that does not answer. */
  signal: AbortSignal;
  /** How long the database may be lost before `changed` hears of it, in milliseconds. */
  graceMs: number;
  /** Is called when the database has been lost for longer than that, and when it is back. */
  changed(available: boolean): void;
  /** How long a replaced client has to be unused before it is closed, in milliseconds. */
  unusedMs?: number;
}

/** The clients of a store: one at a time, until the connection string changes. */
export interface StoreClients {
  /** The client to use now. @throws Error before the first has answered */
  current(): StoreClient;
  /** Resolves when the first client has an answer, and rejects when the signal aborts. */
  readonly connected: Promise<void>;
  /**
   * Changes to another connection string as soon as the database answers there. A change that is still waiting for its
   * answer is dropped.
   *
   * @throws Error when it cannot be read, or names another database
   */
  use(uri: string): void;
  close(): Promise<void>;
}

/** How often to report that the database does not answer, and to try again, in milliseconds: at start, and later. */
const RETRY_MS = 1_000;
const RETRY_CHANGE_MS = 2_000;

/** MongoDB drops a cursor that is unread for ten minutes, so no operation of an unused client is running then. */
const UNUSED_MS = 600_000;

export function createClients(options: StoreOptions): StoreClients {
  const { service, log, signal, unusedMs = UNUSED_MS } = options;
  const outages = createOutages(options);
  const over = new AbortController();
  const stopped = AbortSignal.any([signal, over.signal]);
  const open = new Set<StoreClient>();
  let asking = new AbortController();
  let current: StoreClient | undefined;
  let connect: () => void = () => undefined;
  const connected = new Promise<void>((resolve, reject) => {
    connect = resolve;
    stopped.addEventListener('abort', () => reject(stopped.reason as Error), { once: true });
  });
  connected.catch(() => undefined);

  function use(uri: string): void {
    asking.abort();
    if (uri === current?.uri) return;
    asking = new AbortController();
    const client = createStoreClient(uri, service);
    // It has not connected yet, so it need not be closed.
    if (current && client.db.databaseName !== current.db.databaseName)
      throw new Error('it names another database, whose indexes are made at start; restart the service to use it');
    open.add(client);
    const everyMs = current ? RETRY_CHANGE_MS : RETRY_MS;
    void client.answers(AbortSignal.any([asking.signal, stopped]), everyMs, createWaiting(current, log)).then(
      () => change(client),
      () => drop(client),
    );
  }

  function change(client: StoreClient): void {
    const before = current;
    current = client;
    client.watch((reachable) => {
      // A replaced client says nothing about readiness.
      if (client === current) outages.report(reachable);
    });
    connect();
    if (!before) return;
    // The client before may have lost its database.
    outages.end();
    log.info('the connection string has changed; operations use the new one');
    void retire(before);
  }

  async function retire(client: StoreClient): Promise<void> {
    try {
      await client.unused(unusedMs, stopped);
    } catch {
      // The service stops. Running calls may still use the client; `close` comes after them.
      return;
    }
    await drop(client);
    log.info('the old connection string is not in use any more, and its connections are closed');
  }

  async function drop(client: StoreClient): Promise<void> {
    open.delete(client);
    await client.close();
  }

  return {
    current: () => {
      if (!current) throw new Error('no database has answered yet');
      return current;
    },
    connected,
    use,
    close: async () => {
      over.abort();
      await Promise.all([...open].map(drop));
    },
  };
}

/** At start each try is logged, for whoever waits; later only a new reason. */
function createWaiting(current: StoreClient | undefined, log: Logger): (reason: string) => void {
  let logged: string | undefined;
  return (reason) => {
    if (!current) log.warn({ reason }, 'waiting for MongoDB');
    else if (reason !== logged) log.warn({ reason }, 'MongoDB cannot be reached with the new connection string yet');
    logged = reason;
  };
}
