import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { until } from '../../../services/kit/testing/programs/until';
import { bundleServer, startServerProcess } from '../testing/server-process';

let root: string;
let program: string;
let folder: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'weft-durable-'));
  program = await bundleServer(root);
});

afterAll(() => rmSync(root, { recursive: true }));

beforeEach(() => {
  folder = mkdtempSync(join(root, 'data-'));
});

const WRITERS = 8;

/** Writes until the server is gone, and adds the ids of what was acknowledged. */
async function writeUntilTheEnd(db: Db, round: number, acknowledged: string[]): Promise<void> {
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; ; n += 1) {
      const _id = `${round}-${writer}-${n}`;
      await db.collection<{ _id: string }>('inserts').insertOne({ _id });
      acknowledged.push(_id);
      await db.collection<{ _id: number }>('counters').updateOne({ _id: writer }, { $inc: { n: 1 } }, { upsert: true });
    }
  };
  await Promise.allSettled(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
}

async function withClient<T>(uri: string, work: (db: Db) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5_000, retryWrites: false });
  try {
    return await work(client.db('test'));
  } finally {
    await client.close();
  }
}

test('what was acknowledged is there after kill -9 under writes, again and again', async () => {
  const acknowledged: string[] = [];
  for (const round of [1, 2, 3]) {
    const server = await startServerProcess(program, folder);
    const writing = withClient(server.uri, (db) => writeUntilTheEnd(db, round, acknowledged));
    await until(
      'it has acknowledged many',
      () => acknowledged.length > 100 * round,
      () => acknowledged.length,
    );
    expect(await server.end('SIGKILL')).toBe('SIGKILL');
    await writing;
  }
  const server = await startServerProcess(program, folder);
  const [present, counters] = await withClient(
    server.uri,
    async (db) =>
      [
        new Set((await db.collection<{ _id: string }>('inserts').find().toArray()).map(({ _id }) => _id)),
        await db.collection<{ _id: number; n: number }>('counters').find().toArray(),
      ] as const,
  );
  await server.end('SIGTERM');
  expect(acknowledged.filter((id) => !present.has(id))).toEqual([]);
  // Before each insert but the last of a round, a writer has had its counter acknowledged.
  const counted = counters.reduce((sum, { n }) => sum + n, 0);
  expect(counted).toBeGreaterThanOrEqual(acknowledged.length - 3 * WRITERS);
});

test('a folder is for one server, until that has ended or was killed', async () => {
  const first = await startServerProcess(program, folder);
  await expect(startServerProcess(program, folder)).rejects.toThrow(`${folder} is in use by another server, process`);
  expect(await first.end('SIGKILL')).toBe('SIGKILL');
  const second = await startServerProcess(program, folder);
  expect(await second.end('SIGTERM')).toBe(0);
  const third = await startServerProcess(program, folder);
  expect(await third.end('SIGINT')).toBe(0);
});
