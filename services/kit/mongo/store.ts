import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import { readUri, type StoreAddress } from './store-address';
import { createClients, type StoreOptions } from './store-clients';

/**
 * The database of a service. Ask it for a collection at each use and keep none: when the connection string changes,
 * collections belong to another client.
 */
export type Database = Pick<Db, 'collection'>;

/** A connected database. */
export interface Store {
  readonly db: Database;
  close(): Promise<void>;
}

/**
 * How often the file is read, in milliseconds. It is not watched, because the kubelet replaces a link two steps above it
 * and not every file system reports changes. Reading is cheap: a Secret's volume is in memory.
 */
const READ_MS = 1_000;

/**
 * Connects to MongoDB, however long it takes to answer: a pod that starts before its database becomes ready with it. If
 * the connection string is in a file and changes, operations use the new one as soon as the database answers there, and
 * the old one until then.
 *
 * @param address names the database; otherwise it has the service's name
 * @throws Error when the driver cannot read the connection string
 */
export async function connectStore(address: StoreAddress, options: StoreOptions): Promise<Store> {
  const clients = createClients(options);
  clients.use(address.uri);
  const unfollow = follow(address, options.log, clients.use);
  const close = (): Promise<void> => {
    unfollow();
    return clients.close();
  };
  await clients.connected.catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { db: { collection: (name, options) => clients.current().db.collection(name, options) }, close };
}

/** @returns a function that stops it */
function follow({ uri, file }: StoreAddress, log: Logger, use: (uri: string) => void): () => void {
  if (file === undefined) return () => undefined;
  let last = uri;
  let fault: string | undefined;
  const look = (): void => {
    try {
      const now = readUri(file);
      fault = undefined;
      if (now === last) return;
      last = now;
      use(now);
    } catch (error) {
      const reason = (error as Error).message;
      if (reason !== fault) log.warn({ reason }, 'the new connection string cannot be used; the old one stays in use');
      fault = reason;
    }
  };
  const timer = setInterval(look, READ_MS).unref();
  return () => clearInterval(timer);
}
