import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BSON, type Document } from 'bson';
import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../testing/start-mongo';
import { startMongoServer } from './server';

let mongo: TestMongo;
let db: Db;

beforeAll(async () => {
  mongo = await startMongo();
  db = mongo.client.db('test');
});

afterAll(() => mongo.stop());

async function open(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: mongo.port });
  await once(socket, 'connect');
  return socket;
}

function legacyQuery(command: Document): Buffer {
  const head = Buffer.concat([Buffer.alloc(20), Buffer.from('admin.$cmd\0'), Buffer.alloc(8)]);
  const message = Buffer.concat([head, BSON.serialize(command)]);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(2004, 12);
  return message;
}

/** The document of the first OP_REPLY, however many chunks it comes in. */
async function replyOf(socket: Socket): Promise<Document> {
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    if (received.length >= 4 && received.length >= received.readInt32LE(0)) break;
  }
  return BSON.deserialize(received.subarray(36));
}

test('a client that opens with OP_QUERY learns what the server speaks', async () => {
  const socket = await open();
  socket.write(legacyQuery({ ismaster: 1, helloOk: true }));
  expect(await replyOf(socket)).toMatchObject({ ok: 1, ismaster: true, helloOk: true, maxWireVersion: 21 });
});

const unreadable = Buffer.concat([Buffer.alloc(16), Buffer.alloc(12, 0xff)]);
unreadable.writeInt32LE(unreadable.length, 0);
unreadable.writeInt32LE(2013, 12);

test.each<[string, Buffer]>([
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a message that points behind its own end', unreadable],
])('%s closes its own connection and no other', async (_, bytes) => {
  await db.command({ ping: 1 });
  const [bad, bystander] = [await open(), await open()];
  const closed = once(bad, 'close');
  bad.resume().write(bytes);
  await closed;
  bystander.write(legacyQuery({ ping: 1 }));
  expect(await replyOf(bystander)).toEqual({ ok: 1 });
  expect(await db.command({ ping: 1 })).toEqual({ ok: 1 });
});

test('a client that breaks off in the middle of a message harms nobody', async () => {
  const socket = await open();
  socket.write(legacyQuery({ ping: 1 }).subarray(0, 30));
  socket.resetAndDestroy();
  expect(await db.command({ ping: 1 })).toEqual({ ok: 1 });
});

describe('what does not fit into one reply', () => {
  const COUNT = 20;
  const megabyte = 'x'.repeat(1024 * 1024);

  beforeAll(async () => {
    for (let n = 0; n < COUNT; n += 1) await db.collection('big').insertOne({ n, text: `${n} ${megabyte}` });
  });

  test('comes in as many batches as it takes', async () => {
    const found = await db.collection('big').find().toArray();
    expect(found.map(({ n }) => n as number)).toEqual(Array.from({ length: COUNT }, (_, n) => n));
  });

  test('is refused where it cannot be split, and the connection goes on', async () => {
    await expect(db.collection('big').distinct('text')).rejects.toMatchObject({ code: 10_334 });
    expect(await db.collection('big').countDocuments()).toBe(COUNT);
  });
});

test('closing the server closes its connections', async () => {
  const other = await startMongoServer({ host: '127.0.0.1', port: 0 });
  const socket = connect({ host: '127.0.0.1', port: other.port });
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  await other.close();
  await closed;
});

test('a port that is taken is an error, and the server that has it goes on', async () => {
  await expect(startMongoServer({ host: '127.0.0.1', port: mongo.port })).rejects.toThrow(/EADDRINUSE/);
  expect(await db.command({ ping: 1 })).toEqual({ ok: 1 });
});
