import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import { readUri, type StoreAddress } from './store-address';
import { createClients, type StoreOptions } from './store-clients';

/**
 * The database of a service. It is asked for a collection at each use, and none is kept: after a change of the
 * connection string it is another client's.
 */
export type Database = Pick<Db, 'collection'>;

/** A connected database. */
export interface Store {
  readonly db: Database;
  close(): Promise<void>;
}

/**
 * How often the file is read, in milliseconds. It is read and not watched: the kubelet changes a link two steps before
 * it, and not every file system tells of changes. A Secret's volume is memory.
 */
const READ_MS = 1_000;

/**
 * Connects to MongoDB, and waits for it as long as it takes: a pod that starts before its database
 * becomes ready when the database does. When the connection string stands in a file that changes, operations use the
 * new one from when it answers; while it is wrong or does not answer, they use the one before.
 *
 * @param address the database that it names, else the one of the service's name
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

/** @returns what ends it */
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
      if (reason !== fault)
        log.warn({ reason }, 'the new connection string cannot be used; the one before stays in use');
      fault = reason;
    }
  };
  const timer = setInterval(look, READ_MS).unref();
  return () => clearInterval(timer);
}
