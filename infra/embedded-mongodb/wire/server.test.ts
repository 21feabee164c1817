import { type Db, MongoServerError } from 'mongodb';
import { startMongo, type TestMongo } from '../testing/start-mongo';

let database: TestMongo;
let db: Db;

beforeAll(async () => {
  database = await startMongo();
});

afterAll(async () => {
  await database.stop();
});

beforeEach(async () => {
  db = database.client.db('test');
  await db.dropDatabase();
});

const people = [
  { name: 'ada', age: 36, tags: ['math', 'code'] },
  { name: 'bela', age: 52, tags: ['math'] },
  { name: 'chen', age: 19, tags: [] },
];

describe('reading', () => {
  beforeEach(() => db.collection('people').insertMany(people.map((person) => ({ ...person }))));

  test.each<[string, object, string[]]>([
    ['equality', { name: 'ada' }, ['ada']],
    ['a comparison', { age: { $gte: 36 } }, ['ada', 'bela']],
    ['an item of an array', { tags: 'math' }, ['ada', 'bela']],
    ['a pattern', { name: { $regex: 'E', $options: 'i' } }, ['bela', 'chen']],
    ['one of several conditions', { $or: [{ name: 'ada' }, { age: 19 }] }, ['ada', 'chen']],
    ['nothing', { name: 'dora' }, []],
  ])('finds by %s', async (_, filter, names) => {
    const found = await db.collection('people').find(filter).sort({ name: 1 }).toArray();
    expect(found.map((person) => person['name'] as string)).toEqual(names);
  });

  test('finds by _id', async () => {
    const ada = await db.collection('people').findOne({ name: 'ada' });
    expect(await db.collection('people').findOne(ada?._id ? { _id: ada._id } : {})).toEqual(ada);
  });

  test('sorts, skips, limits and projects', async () => {
    const options = { sort: { age: -1 }, skip: 1, limit: 1, projection: { _id: 0, name: 1 } } as const;
    expect(await db.collection('people').find({}, options).toArray()).toEqual([{ name: 'ada' }]);
  });

  test('counts and lists distinct values', async () => {
    expect(await db.collection('people').countDocuments({ age: { $lt: 50 } })).toBe(2);
    expect((await db.collection('people').distinct('tags')).sort()).toEqual(['code', 'math']);
  });

  test('joins collections', async () => {
    await db.collection('jobs').insertMany([{ who: 'ada', job: 'engineer' }]);
    const join = { $lookup: { from: 'jobs', localField: 'name', foreignField: 'who', as: 'jobs' } };
    const [ada] = await db
      .collection('people')
      .aggregate([{ $match: { name: 'ada' } }, join])
      .toArray();
    expect(ada?.['jobs']).toMatchObject([{ job: 'engineer' }]);
    expect(await db.collection('people').findOne({ name: 'ada' })).not.toHaveProperty('jobs');
  });

  test('fetches a cursor in batches', async () => {
    await db.collection('many').insertMany(Array.from({ length: 1_000 }, (_, n) => ({ n })));
    const cursor = db.collection('many').find().sort({ n: 1 }).batchSize(64);
    const seen: number[] = [];
    for await (const { n } of cursor) seen.push(n as number);
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
  });

  test('a cursor that is left early is closed', async () => {
    await db.collection('many').insertMany(Array.from({ length: 300 }, (_, n) => ({ n })));
    const cursor = db.collection('many').find().batchSize(10);
    await cursor.next();
    const id = cursor.id;
    await cursor.close();
    await expect(db.command({ getMore: id, collection: 'many' })).rejects.toMatchObject({ code: 43 });
  });
});

describe('writing', () => {
  test('updates fields and says what it did', async () => {
    const counters = db.collection('counters');
    await counters.insertOne({ name: 'a', n: 1 });
    expect(await counters.updateOne({ name: 'a' }, { $inc: { n: 2 } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 1,
    });
    expect(await counters.updateOne({ name: 'a' }, { $set: { n: 3 } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 0,
    });
    expect(await counters.findOne({ name: 'a' })).toMatchObject({ n: 3 });
  });

  test('an upsert inserts once, with what belongs to inserting', async () => {
    const users = db.collection('users');
    const upsert = () =>
      users.updateOne({ id: 1 }, { $setOnInsert: { made: 'once' }, $inc: { n: 1 } }, { upsert: true });
    expect(await upsert()).toMatchObject({ upsertedCount: 1 });
    expect(await upsert()).toMatchObject({ upsertedCount: 0, modifiedCount: 1 });
    expect(await users.find().toArray()).toMatchObject([{ id: 1, made: 'once', n: 2 }]);
  });

  test('replaces whole documents and keeps their _id', async () => {
    const users = db.collection('users');
    const { insertedId } = await users.insertOne({ a: 1, b: 2 });
    await users.replaceOne({ a: 1 }, { c: 3 });
    expect(await users.find().toArray()).toEqual([{ _id: insertedId, c: 3 }]);
  });

  test('finds and changes in one step, and returns either state', async () => {
    const users = db.collection<{ name: string; n: number }>('users');
    await users.insertOne({ name: 'ada', n: 1 });
    expect(await users.findOneAndUpdate({ name: 'ada' }, { $inc: { n: 1 } })).toMatchObject({ n: 1 });
    const after = { returnDocument: 'after' } as const;
    expect(await users.findOneAndUpdate({ name: 'ada' }, { $inc: { n: 1 } }, after)).toMatchObject({ n: 3 });
    expect(await users.findOneAndUpdate({ name: 'bela' }, { $inc: { n: 1 } }, after)).toBeNull();
    expect(await users.findOneAndDelete({ name: 'ada' })).toMatchObject({ n: 3 });
    expect(await users.countDocuments()).toBe(0);
  });

  test('deletes one or all', async () => {
    await db.collection('people').insertMany(people.map((person) => ({ ...person })));
    expect((await db.collection('people').deleteOne({ tags: 'math' })).deletedCount).toBe(1);
    expect((await db.collection('people').deleteMany({})).deletedCount).toBe(2);
  });

  test('200 increments at once make 200', async () => {
    await db.collection('counters').insertOne({ name: 'c', n: 0 });
    const increment = () => db.collection('counters').updateOne({ name: 'c' }, { $inc: { n: 1 } });
    await Promise.all(Array.from({ length: 200 }, increment));
    expect(await db.collection('counters').findOne({ name: 'c' })).toMatchObject({ n: 200 });
  });

  test('refuses to change an _id', async () => {
    await db.collection('users').insertOne({ a: 1 });
    await expect(db.collection('users').updateOne({ a: 1 }, { $set: { _id: 5 } })).rejects.toMatchObject({
      code: 66,
    });
  });
});

describe('a unique index', () => {
  beforeEach(() => db.collection('users').createIndexes([{ key: { email: 1 }, unique: true }]));

  test('refuses a second document with the same key, and says which', async () => {
    await db.collection('users').insertOne({ email: 'a@b.c' });
    const again = db.collection('users').insertOne({ email: 'a@b.c' });
    await expect(again).rejects.toThrow(MongoServerError);
    await expect(again).rejects.toMatchObject({ code: 11_000, keyPattern: { email: 1 }, keyValue: { email: 'a@b.c' } });
  });

  test('holds for updates as well', async () => {
    await db.collection('users').insertMany([{ email: 'a' }, { email: 'b' }]);
    await expect(db.collection('users').updateOne({ email: 'a' }, { $set: { email: 'b' } })).rejects.toMatchObject({
      code: 11_000,
    });
    expect(await db.collection('users').countDocuments({ email: 'a' })).toBe(1);
  });

  test('lets one of 100 equal inserts through', async () => {
    const insert = () => db.collection('users').insertOne({ email: 'same' });
    const results = await Promise.allSettled(Array.from({ length: 100 }, insert));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('an unordered batch goes on after a duplicate', async () => {
    const documents = [{ email: 'x' }, { email: 'x' }, { email: 'y' }];
    await expect(db.collection('users').insertMany(documents, { ordered: false })).rejects.toMatchObject({
      insertedCount: 2,
    });
  });

  test('cannot be made over duplicates', async () => {
    await db.collection('people').insertMany([{ n: 1 }, { n: 1 }]);
    await expect(db.collection('people').createIndexes([{ key: { n: 1 }, unique: true }])).rejects.toMatchObject({
      code: 11_000,
    });
  });
});

test('an unknown command is refused by name', async () => {
  await expect(db.command({ teleport: 1 })).rejects.toMatchObject({ code: 59, message: "no such command: 'teleport'" });
});

test('an unknown operator is refused', async () => {
  await db.collection('people').insertOne({ n: 1 });
  await expect(
    db
      .collection('people')
      .find({ n: { $near: 1 } })
      .toArray(),
  ).rejects.toThrow(MongoServerError);
});
