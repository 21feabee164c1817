import type { Db, Document } from 'mongodb';
import { startMongo, type TestMongo } from '../testing/start-mongo';

let database: TestMongo;
let db: Db;

beforeAll(async () => {
  database = await startMongo();
  db = database.client.db('test');
  await db.collection('c').insertOne({ a: 1 });
});

afterAll(() => database.stop());

test('a huge list is refused before it is made', async () => {
  const endless = [{ $project: { v: { $range: [0, 4_000_000_000] } } }];
  await expect(db.collection('c').aggregate(endless).toArray()).rejects.toMatchObject({ code: 146 });
});

test.each<[string, Document]>([
  ['a collation', { find: 'c', collation: { locale: 'de' } }],
  ['a tailable cursor', { find: 'c', tailable: true }],
  ['a text index', { createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'a_text' }] }],
  ['a capped collection', { create: 'x', capped: true, size: 10 }],
  ['a validator', { create: 'x', validator: { a: 1 } }],
  ['$where', { find: 'c', filter: { $where: 'true' } }],
  ['$near', { find: 'c', filter: { a: { $near: [1, 1] } } }],
  ['$out', { aggregate: 'c', pipeline: [{ $out: 'd' }], cursor: {} }],
  ['$merge', { aggregate: 'c', pipeline: [{ $merge: 'd' }], cursor: {} }],
  ['a change stream', { aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} }],
  [
    'an accumulator',
    { aggregate: 'c', pipeline: [{ $group: { _id: 1, m: { $median: { input: '$a' } } } }], cursor: {} },
  ],
])('%s is refused instead of half supported', async (_, command) => {
  await expect(db.command(command)).rejects.toMatchObject({ code: 115, message: expect.stringContaining('MONGO_URI') });
});
