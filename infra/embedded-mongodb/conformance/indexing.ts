import type { MongoServerError } from 'mongodb';
import { docs, type Case, findAll, refusesCommand, type Stage } from './case';

const indexes: Case[] = [
  {
    name: 'are made, listed and dropped',
    act: async ({ collection }) => {
      const [name = ''] = await collection.createIndexes([{ key: { a: 1, b: -1 } }]);
      const listed = (await collection.indexes()).map((index) => index.name);
      await collection.dropIndex(name);
      return [name, listed, (await collection.indexes()).length];
    },
    gives: ['a_1_b_-1', ['_id_', 'a_1_b_-1'], 1],
  },
  {
    name: 'a unique one says which key is taken',
    given: [{ _id: 1, a: 'x' }],
    act: async ({ collection }) => {
      await collection.createIndexes([{ key: { a: 1 }, ...{ unique: true } }]);
      const error = (await collection.insertOne({ a: 'x' }).catch((refusal: unknown) => refusal)) as MongoServerError;
      return [error.code, error['keyPattern'] as unknown, error['keyValue'] as unknown];
    },
    gives: [11_000, { a: 1 }, { a: 'x' }],
  },
  unique('a missing field twice', {}, {}, 11_000),
  unique('a missing field and null', {}, { a: null }, 11_000),
  unique('equal numbers of different types', { a: 1 }, { a: 1.0 }, 11_000),
  unique('an item of two arrays', { a: [1, 2] }, { a: [2, 3] }, 11_000),
  unique('an item twice in one array', {}, { a: [1, 1] }, undefined),
  unique('another value', { a: 1 }, { a: 2 }, undefined),
  unique('a sparse one lets missing fields be', {}, {}, undefined, { sparse: true }),
  unique('a sparse one holds otherwise', { a: 1 }, { a: 1 }, 11_000, { sparse: true }),
  unique('a partial one holds for those it is about', { a: 1, n: 1 }, { a: 1, n: 1 }, 11_000, {
    partialFilterExpression: { n: 1 },
  }),
  unique('a partial one holds for no others', { a: 1, n: 2 }, { a: 1, n: 1 }, undefined, {
    partialFilterExpression: { n: 1 },
  }),
  {
    name: 'a unique one is not made over duplicates',
    given: docs({ a: 1 }, { a: 1 }),
    act: ({ collection }) => collection.createIndexes([{ key: { a: 1 }, ...{ unique: true } }]),
    refused: { code: 11_000 },
  },
  {
    name: 'the same name for another key',
    act: async ({ collection }) => {
      await collection.createIndexes([{ key: { a: 1 }, ...{ name: 'x' } }]);
      return collection.createIndexes([{ key: { b: 1 }, ...{ name: 'x' } }]);
    },
    refused: { code: 86 },
  },
  {
    name: 'a hint for an index that is not there',
    given: [{ _id: 1 }],
    act: ({ collection }) => collection.find({}, { hint: 'nowhere' }).toArray(),
    refused: { code: 2 },
  },
  refusesCommand('a drop of one that is not there', { dropIndexes: 'c', index: 'nowhere' }, 27),
];

function unique(name: string, first: object, second: object, code?: number, options = {}): Case {
  const act = async ({ collection }: Stage): Promise<unknown> => {
    await collection.createIndexes([{ key: { a: 1 }, ...{ unique: true, ...options } }]);
    await collection.insertOne({ ...first });
    const error = (await collection.insertOne({ ...second }).catch((refusal: unknown) => refusal)) as MongoServerError;
    return error.code;
  };
  return { name: `unique: ${name}`, act, gives: code };
}

const atOnce = <T>(count: number, act: (n: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> =>
  Promise.allSettled(Array.from({ length: count }, (_, n) => act(n)));

const concurrency: Case[] = [
  {
    name: '200 increments make 200',
    given: [{ _id: 1, n: 0 }],
    act: async (stage) => {
      await atOnce(200, () => stage.collection.updateOne({ _id: 1 }, { $inc: { n: 1 } }));
      return findAll(stage);
    },
    gives: [{ _id: 1, n: 200 }],
  },
  {
    name: 'a stock of 30 is sold 30 times to 100',
    given: [{ _id: 1, stock: 30 }],
    act: async (stage) => {
      const guard = { _id: 1, stock: { $gt: 0 } };
      const buys = await atOnce(100, () => stage.collection.findOneAndUpdate(guard, { $inc: { stock: -1 } }));
      return [buys.filter((buy) => buy.status === 'fulfilled' && buy.value !== null).length, await findAll(stage)];
    },
    gives: [30, [{ _id: 1, stock: 0 }]],
  },
  {
    name: 'one of 100 inserts wins a unique key',
    act: async ({ collection }) => {
      await collection.createIndexes([{ key: { key: 1 }, ...{ unique: true } }]);
      const inserts = await atOnce(100, (n) => collection.insertOne({ _id: n, key: 'x' }));
      const codes = inserts.map((each) => (each.status === 'fulfilled' ? 0 : (each.reason as MongoServerError).code));
      return [codes.filter((code) => code === 0).length, codes.filter((code) => code === 11_000).length];
    },
    gives: [1, 99],
  },
  {
    name: 'one of 100 upserts inserts',
    act: async (stage) => {
      await atOnce(100, () => stage.collection.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { upsert: true }));
      return (await findAll(stage)).length;
    },
    gives: 1,
  },
];

export const indexing: Record<string, Case[]> = { indexes, concurrency };
