import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BSON, BSONRegExp, type Document, Long } from 'bson';
import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../testing/start-mongo';

let mongo: TestMongo;
let db: Db;

beforeAll(async () => {
  mongo = await startMongo();
  db = mongo.client.db('test');
});

afterAll(() => mongo.stop());

/** The same numbers in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function message(opCode: number, body: Uint8Array, length = 16 + body.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(length | 0, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, body]);
}

const msg = (command: Document): Buffer => message(2013, Buffer.concat([Buffer.alloc(5), BSON.serialize(command)]));

async function open(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: mongo.port }).on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function expectAlive(): Promise<void> {
  expect(await db.command({ ping: 1 })).toEqual({ ok: 1 });
}

test.each<[string, Buffer]>([
  ['OP_COMPRESSED', message(2012, Buffer.alloc(32, 1))],
  ['OP_INSERT, which MongoDB has given up', message(2002, Buffer.alloc(32))],
  ['an unknown operation code', message(-5, Buffer.alloc(32))],
  ['a length of 2 GB', message(2013, Buffer.alloc(32), 0x7fff_ffff)],
  ['a negative length', message(2013, Buffer.alloc(32), -1)],
  ['a document that nests without end', msg(nested(5_000))],
])('%s closes the connection that it came by', async (_, bytes) => {
  const socket = await open();
  const closed = once(socket.resume(), 'close');
  socket.write(bytes);
  await closed;
  await expectAlive();
});

function nested(depth: number): Document {
  let document: Document = {};
  for (let n = 0; n < depth; n += 1) document = { a: document };
  return document;
}

test('1,000 messages of random bytes, or of a real one with some changed, harm nobody', async () => {
  const next = random(42);
  const real = msg({ find: 'c', filter: { a: { $in: [1, 'x', null] } }, sort: { a: 1 }, $db: 'test' });
  for (let n = 0; n < 1_000; n += 1) {
    const bytes = n % 2 === 0 ? Buffer.from(real) : message(2013, Buffer.alloc(1 + Math.floor(next() * 200)));
    for (let changes = 0; changes < 1 + (n % 8); changes += 1)
      bytes[16 + Math.floor(next() * (bytes.length - 16))] = Math.floor(next() * 256);
    const socket = await open();
    socket.end(bytes);
    socket.resume();
    await once(socket, 'close');
  }
  await expectAlive();
});

const VALUES: unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  NaN,
  Infinity,
  Long.MAX_VALUE,
  '',
  '$a',
  '$$x',
  [],
  [1],
  {},
  { $x: 1 },
  { a: 1 },
  new Date(0),
  new BSONRegExp('('),
];

const COMMANDS: [string, Document][] = [
  [
    'find',
    {
      find: 'c',
      filter: {},
      sort: {},
      projection: {},
      skip: 0,
      limit: 0,
      batchSize: 1,
      let: {},
      hint: '_id_',
      singleBatch: false,
    },
  ],
  ['aggregate', { aggregate: 'c', pipeline: [], cursor: {}, let: {}, hint: '_id_' }],
  ['count', { count: 'c', query: {}, skip: 0, limit: 0 }],
  ['distinct', { distinct: 'c', key: 'a', query: {} }],
  ['insert', { insert: 'd', documents: [{ a: 1 }], ordered: true }],
  ['update', { update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } } }], ordered: true }],
  ['delete', { delete: 'd', deletes: [{ q: {}, limit: 0 }], ordered: true }],
  [
    'findAndModify',
    { findAndModify: 'c', query: {}, sort: {}, update: { $set: { a: 1 } }, fields: {}, new: true, upsert: false },
  ],
  ['getMore', { getMore: Long.fromNumber(1), collection: 'c', batchSize: 1 }],
  ['killCursors', { killCursors: 'c', cursors: [] }],
  ['createIndexes', { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1' }] }],
  ['dropIndexes', { dropIndexes: 'c', index: '*' }],
  ['listIndexes', { listIndexes: 'c', cursor: {} }],
  ['create', { create: 'c' }],
  ['renameCollection', { renameCollection: 'a.b', to: 'a.c', dropTarget: false }],
  ['listCollections', { listCollections: 1, filter: {}, nameOnly: true }],
  ['hello', { hello: 1, lsid: {}, maxTimeMS: 1, readConcern: {}, writeConcern: {}, apiVersion: '1', txnNumber: 1 }],
];

describe('arguments of every type are taken, or refused with a code that MongoDB knows', () => {
  beforeAll(() => db.collection('c').insertMany([{ a: 1 }, { a: [{ b: 'x' }] }, { a: null }]));

  test.each(COMMANDS)('%s', async (_, command) => {
    for (const name of Object.keys(command))
      for (const value of VALUES) {
        const outcome = await db.command({ ...command, [name]: value }).catch((error: unknown) => error as Document);
        // 8 is UnknownError: something that nobody has thought of.
        expect([name, value, outcome['code'], outcome['message']]).not.toEqual([name, value, 8, expect.anything()]);
        expect(outcome['ok'] === 1 || typeof outcome['code'] === 'number').toBe(true);
      }
    await expectAlive();
  });
});

const OPERATORS = '$eq $gt $in $nin $not $elemMatch $all $size $exists $type $mod $regex $options $bitsAllSet'.split(
  ' ',
);
const STAGES =
  '$match $project $addFields $unset $group $sort $limit $skip $unwind $count $lookup $graphLookup $facet $bucket $replaceRoot $replaceWith $sortByCount $sample $unionWith'.split(
    ' ',
  );
const UPDATES =
  '$set $unset $inc $mul $min $max $rename $push $addToSet $pull $pullAll $pop $bit $currentDate $setOnInsert'.split(
    ' ',
  );
const EXPRESSIONS =
  '$add $subtract $multiply $divide $mod $concat $size $in $arrayElemAt $map $filter $reduce $cond $switch $let $dateToString $split $slice $range $zip $mergeObjects $toInt $toDate $substrCP $max $setUnion'.split(
    ' ',
  );

describe('operands of every type', () => {
  test.each<[string, string[], (operator: string, value: unknown) => Promise<unknown>]>([
    [
      'queries',
      OPERATORS,
      (operator, value) =>
        db
          .collection('c')
          .find({ a: { [operator]: value } })
          .toArray(),
    ],
    [
      'stages',
      STAGES,
      (stage, value) =>
        db
          .collection('c')
          .aggregate([{ [stage]: value }])
          .toArray(),
    ],
    ['updates', UPDATES, (operator, value) => db.collection('c').updateMany({}, { [operator]: { 'z.y': value } })],
    [
      'expressions',
      EXPRESSIONS,
      (operator, value) =>
        db
          .collection('c')
          .aggregate([{ $project: { v: { [operator]: value } } }])
          .toArray(),
    ],
  ])('of %s are taken or refused', async (_, operators, run) => {
    for (const operator of operators)
      for (const value of VALUES) {
        const error = (await run(operator, value).then(
          () => undefined,
          (refusal: unknown) => refusal,
        )) as Document | undefined;
        expect([operator, value, error?.['code'] === 8 && error['message']]).toEqual([operator, value, false]);
      }
    await expectAlive();
  });
});
