import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient, type MongoClientOptions, MongoNetworkError, MongoServerError } from 'mongodb';
import { type MongoServer, startMongoServer } from '../../../infra/embedded-mongodb/wire/server';
import { StatusError } from '../errors/status-error';
import { storeStatus } from './store-status';

// A real driver and a database, with a line between the two that fails.

let database: MongoServer;
let line: Server;
let uri: string;
/** What the line does with what clients say. */
let state: 'works' | 'hangs' | 'breaks';

beforeAll(async () => {
  database = await startMongoServer({ host: '127.0.0.1', port: 0 });
  line = createServer((client) => {
    const server = connect(database.port, '127.0.0.1').on('error', () => undefined);
    client.on('error', () => undefined).on('close', () => server.destroy());
    server.pipe(client);
    client.on('data', (bytes) => {
      if (state === 'works') server.write(bytes);
      if (state === 'breaks') client.destroy();
    });
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  uri = `mongodb://127.0.0.1:${(line.address() as AddressInfo).port}`;
});

afterAll(async () => {
  line.close();
  await database.close();
});

const ping = (client: MongoClient): Promise<unknown> => client.db('test').command({ ping: 1 });

/** What a call of the driver fails with. */
async function failureOf(
  work: (client: MongoClient) => Promise<unknown>,
  options: MongoClientOptions = {},
  target = uri,
): Promise<Error> {
  state = 'works';
  const client = new MongoClient(target, { heartbeatFrequencyMS: 60_000, ...options });
  try {
    await work(client);
    throw new Error('the call went well');
  } catch (error) {
    return error as Error;
  } finally {
    await client.close();
  }
}

async function after(next: typeof state, client: MongoClient): Promise<unknown> {
  await ping(client);
  state = next;
  return ping(client);
}

test.each<[string, string, () => Promise<Error>]>([
  [
    'nobody listens',
    'MongoServerSelectionError',
    () => failureOf(ping, { serverSelectionTimeoutMS: 100 }, 'mongodb://127.0.0.1:1'),
  ],
  ['the line breaks', 'MongoNetworkError', () => failureOf((client) => after('breaks', client))],
  [
    'nothing comes back',
    'MongoNetworkTimeoutError',
    () => failureOf((client) => after('hangs', client), { socketTimeoutMS: 500 }),
  ],
  [
    'others wait for it as well',
    'MongoWaitQueueTimeoutError',
    () =>
      failureOf(
        async (client) => {
          await ping(client);
          state = 'hangs';
          ping(client).catch(() => undefined);
          await sleep(20);
          await ping(client);
        },
        { maxPoolSize: 1, waitQueueTimeoutMS: 500 },
      ),
  ],
])('where %s, %s becomes UNAVAILABLE, and to try again', async (_, name, fail) => {
  const error = await fail();
  expect(error.name).toBe(name);
  const status = storeStatus(error);
  expect(status).toBeInstanceOf(StatusError);
  expect(status).toMatchObject({
    code: 'UNAVAILABLE',
    reason: 'store.unavailable',
    metadata: {},
    message: 'store.unavailable',
  });
  expect(status?.details).toEqual({ retryAfterMs: 1_000 });
  expect(status?.cause).toBe(error);
});

test('a client that has been closed becomes UNAVAILABLE', async () => {
  const error = await failureOf(async (client) => {
    const db = client.db('test');
    await ping(client);
    await client.close();
    await db.command({ ping: 1 });
  });
  expect(storeStatus(error)).toMatchObject({ code: 'UNAVAILABLE' });
});

const stepping = { message: 'not primary', code: 10107 };

test.each<[string, unknown, 'UNAVAILABLE' | undefined]>([
  [
    'a server that steps down',
    new MongoServerError({ ...stepping, errorLabels: ['RetryableWriteError'] }),
    'UNAVAILABLE',
  ],
  [
    'a server with too much to do',
    new MongoServerError({ message: 'busy', errorLabels: ['SystemOverloadedError'] }),
    'UNAVAILABLE',
  ],
  ['a line that breaks', new MongoNetworkError('reset'), 'UNAVAILABLE'],
  ['a driver of another copy', Object.assign(new Error('reset'), { name: 'MongoNetworkError' }), 'UNAVAILABLE'],
  [
    'a write to a connection that the database has just closed',
    Object.assign(new Error('write EPIPE'), { code: 'EPIPE', stack: 'at x (/app/node_modules/mongodb/lib/y.js:1:1)' }),
    'UNAVAILABLE',
  ],
  ['a broken pipe elsewhere', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }), undefined],
  ['a duplicate key', new MongoServerError({ message: 'E11000', code: 11000 }), undefined],
  ['a read while the server steps', new MongoServerError({ ...stepping, errorLabels: [] }), 'UNAVAILABLE'],
  ['another label', new MongoServerError({ message: 'x', errorLabels: ['TransientTransactionError'] }), undefined],
  ['an exception of ours', new TypeError('x'), undefined],
  ['a text', 'MongoNetworkError', undefined],
  ['an object with the name', { name: 'MongoNetworkError' }, undefined],
  ['nothing', undefined, undefined],
  ['null', null, undefined],
])('%s is %s', (_, error, code) => {
  expect(storeStatus(error)?.code).toBe(code);
});

test('a command that the database refuses is a fault of ours', async () => {
  const error = await failureOf((client) => client.db('test').command({ noSuchCommand: 1 }));
  expect(error).toBeInstanceOf(MongoServerError);
  expect(storeStatus(error)).toBeUndefined();
});
