import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { startMongo, type TestMongo } from '../../../infra/embedded-mongodb/testing/start-mongo';
import { createSecretVolume, type SecretVolume } from '../testing/secret-volume';
import { startProxy, type TcpProxy } from '../testing/programs/tcp-proxy';
import { until } from '../testing/programs/until';
import { connectStore, type Store } from './store';
import { createStoreClient } from './store-client';
import type { StoreOptions } from './store-clients';

// One database by two ways, so that it shows which of them is used.

let mongo: TestMongo;
let ways: [TcpProxy, TcpProxy];
let volume: SecretVolume;
let stores: Store[];
let lines: string[];
let changes: boolean[];
let stopping: AbortController;

beforeAll(async () => {
  mongo = await startMongo();
});

beforeEach(async () => {
  ways = [await startProxy(mongo.port), await startProxy(mongo.port)];
  volume = createSecretVolume(`${uriOf(0)}\n`);
  stopping = new AbortController();
  [stores, lines, changes] = [[], [], []];
});

afterEach(async () => {
  for (const store of stores) await store.close();
  for (const way of ways) way.close();
  volume.remove();
});

afterAll(() => mongo.stop());

const uriOf = (way: 0 | 1, database = 'tested'): string => `mongodb://${ways[way].address}/${database}`;
const read = (store: Store): Promise<number> => store.db.collection('things').countDocuments();
const logged = (text: string): boolean => lines.some((line) => line.includes(text));
const CHANGED = 'operations use the new one';

async function connect(options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await connectStore(
    { uri: uriOf(0), file: volume.file },
    {
      service: 'tested',
      log: pino({}, { write: (line: string) => void lines.push(line) }),
      signal: stopping.signal,
      graceMs: 500,
      changed: (available) => changes.push(available),
      ...options,
    },
  );
  stores.push(store);
  return store;
}

const OFTEN = 50;

/** Reads all the time. @returns what ends it once it has read often, with how often that was */
function keepReading(store: Store): () => Promise<number> {
  let [over, count] = [false, 0];
  const reading = (async () => {
    for (; !over; count += 1) await read(store);
    return count;
  })();
  reading.catch(() => undefined);
  return async () => {
    const often = until(
      'it has read often',
      () => count > OFTEN,
      () => count,
    );
    await Promise.race([often, reading]);
    over = true;
    return reading;
  };
}

test('a change is followed without an error, and the client before is gone afterwards', async () => {
  const store = await connect({ unusedMs: 500 });
  const stop = keepReading(store);
  volume.write(uriOf(1));
  await until('it is followed', () => logged(CHANGED));
  await until('the client before is closed', () => ways[0].open === 0);
  expect(await stop()).toBeGreaterThan(OFTEN);
  expect(ways[1].open).toBeGreaterThan(0);
  expect(logged('its connections are closed')).toBe(true);
  expect(changes).toEqual([true]);
});

test('a client is used for as long as an operation is under way', async () => {
  const client = createStoreClient(uriOf(0), 'tested');
  await client.db.collection('things').countDocuments();
  const release = ways[0].hold();
  const [slow, began] = [client.db.collection('things').countDocuments(), Date.now()];
  const unused = client.unused(50, stopping.signal).then(() => Date.now() - began);
  await sleep(400);
  release();
  await slow;
  expect(await unused).toBeGreaterThanOrEqual(400);
  await client.close();
});

test('a cursor is read to its end on the client that it began with', async () => {
  const store = await connect({ unusedMs: 1_000 });
  await mongo.client.db('tested').collection('rows').deleteMany({});
  await mongo.client
    .db('tested')
    .collection('rows')
    .insertMany(Array.from({ length: 12 }, (_, n) => ({ n })));
  volume.write(uriOf(1));
  let count = 0;
  for await (const row of store.db.collection('rows').find({}, { batchSize: 1 })) {
    expect(row).toMatchObject({ n: count });
    count += 1;
    await sleep(300);
  }
  expect([count, logged(CHANGED)]).toEqual([12, true]);
  await until('the client before is closed', () => ways[0].open === 0);
});

test.each<[string, () => string | undefined]>([
  ['is not there', () => undefined],
  ['is empty', () => ''],
  ['is not a connection string', () => 'hush'],
  ['cannot be read by the driver', () => 'mongodb://hush:hu/sh@127.0.0.1'],
  ['names another database', () => uriOf(1, 'hush')],
  ['does not answer', () => 'mongodb://u:hush@127.0.0.1:1/tested'],
])('a new one that %s changes nothing, and the log says so without it', async (_, text) => {
  const store = await connect();
  const wrong = text();
  if (wrong === undefined) rmSync(volume.file);
  else volume.write(wrong);
  await until('the log says so', () => logged('new connection string'));
  // Longer than until it is read again.
  await sleep(1_300);
  await read(store);
  expect(lines.join('')).not.toContain('hush');
  expect(lines.length).toBeLessThan(3);
  expect([changes, ways[1].connections]).toEqual([[], 0]);
});

test('what is right after something wrong is used, and what was given up is forgotten', async () => {
  await connect();
  volume.write('mongodb://127.0.0.1:1/tested');
  await until('it is tried', () => logged('cannot be reached with the new'));
  volume.write(uriOf(1));
  await until('it is followed', () => logged(CHANGED));
  expect(changes).toEqual([true]);
});

test('a database that is there only later is found, however often it was not', async () => {
  const [{ address }] = ways;
  ways[0].close();
  const connecting = connect();
  await until(
    'it has asked more than once',
    () => lines.filter((line) => line.includes('waiting for MongoDB')).length > 2,
  );
  ways[0] = await startProxy(mongo.port, { port: Number(address.split(':')[1]) });
  expect(await read(await connecting)).toBeGreaterThanOrEqual(0);
});

test('what is wrong at first can be put right while the service waits for its store', async () => {
  ways[0].close();
  const connecting = connect();
  await until('it waits', () => logged('waiting for MongoDB'));
  volume.write(uriOf(1));
  expect(await read(await connecting)).toBeGreaterThanOrEqual(0);
});

test('the client before has no say any more when its database goes', async () => {
  const store = await connect();
  volume.write(uriOf(1));
  await until('it is followed', () => logged(CHANGED));
  ways[0].close();
  await sleep(1_500);
  await read(store);
  expect([changes, logged('MongoDB cannot be reached')]).toEqual([[true], false]);
});

test('closing closes all clients, those that were replaced as well', async () => {
  const store = await connect();
  volume.write(uriOf(1));
  await until('it is followed', () => logged(CHANGED));
  expect(ways.every(({ open }) => open > 0)).toBe(true);
  // The service was told to stop before: what is under way still has its client.
  stopping.abort();
  await sleep(100);
  expect(ways.every(({ open }) => open > 0)).toBe(true);
  await store.close();
  await until('all connections are closed', () => ways.every(({ open }) => open === 0));
});
