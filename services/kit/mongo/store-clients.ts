import type { Logger } from 'pino';
import { createStoreClient, type StoreClient } from './store-client';

/** What a store needs to know beside its address. */
export interface StoreOptions {
  service: string;
  log: Logger;
  /** Gives up waiting for a database that does not answer. */
  signal: AbortSignal;
  /** Is told whenever the database goes away and when it is back. */
  changed(available: boolean): void;
  /** How long nothing has to use a client that was replaced until it is closed, in milliseconds. */
  unusedMs?: number;
}

/** The client that operations use, one after another. */
export interface StoreClients {
  /** The one to use now. @throws Error before the first has answered */
  current(): StoreClient;
  /** Resolves when the first has answered, and rejects when that is given up. */
  readonly connected: Promise<void>;
  /**
   * Changes to another connection string when the database answers there, and gives up those that were asked for
   * before and have not answered.
   *
   * @throws Error when it cannot be read, or names another database
   */
  use(uri: string): void;
  close(): Promise<void>;
}

/** How often a database that does not answer is asked again, in milliseconds: while there is none, and while there is. */
const ASK_MS = 500;
const ASK_ANOTHER_MS = 2_000;

/** After ten minutes MongoDB gives up a cursor that nobody reads, so nothing that began before is under way any more. */
const UNUSED_MS = 600_000;

export function createClients({ service, log, signal, changed, unusedMs = UNUSED_MS }: StoreOptions): StoreClients {
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
    // It has not connected yet, so there is nothing to close.
    if (current && client.db.databaseName !== current.db.databaseName)
      throw new Error('it names another database, whose indexes are made at start; restart the service to use it');
    open.add(client);
    const everyMs = current ? ASK_ANOTHER_MS : ASK_MS;
    void client.answers(AbortSignal.any([asking.signal, stopped]), everyMs, createFailed(current, log)).then(
      () => change(client),
      () => drop(client),
    );
  }

  function change(client: StoreClient): void {
    const before = current;
    current = client;
    client.watch((available) => {
      // One that was replaced has nothing to say about readiness.
      if (client !== current) return;
      log.warn(available ? 'MongoDB is back' : 'MongoDB is gone');
      changed(available);
    });
    connect();
    if (!before) return;
    // The one before may have been gone.
    changed(true);
    log.info('the connection string has changed, and operations use the new one from now on');
    void retire(before);
  }

  async function retire(client: StoreClient): Promise<void> {
    try {
      await client.unused(unusedMs, stopped);
    } catch {
      // The service ends. Calls under way may still use it; `close` comes after them.
      return;
    }
    await drop(client);
    log.info('the connection string before is out of use, and its connections are closed');
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

/** Whoever waits for a service to start sees each try; of a change that has to wait, what is new. */
function createFailed(current: StoreClient | undefined, log: Logger): (reason: string) => void {
  let said: string | undefined;
  return (reason) => {
    if (!current) log.warn({ reason }, 'waiting for MongoDB');
    else if (reason !== said) log.warn({ reason }, 'MongoDB cannot be reached with the new connection string yet');
    said = reason;
  };
}
