import type { MongoBulkWriteError } from 'mongodb';
import { docs, type Case, findAll, refusesCommand, type Stage } from './case';

const inserting: Case[] = [
  {
    name: 'insertMany, in order',
    act: async (stage) => {
      const { insertedCount } = await stage.collection.insertMany([{ _id: 2 }, { _id: 1 }]);
      return [insertedCount, await stage.collection.find().toArray()];
    },
    gives: [2, [{ _id: 2 }, { _id: 1 }]],
  },
  {
    name: '_id comes first',
    act: async (stage) => {
      await stage.collection.insertOne({ a: 1, _id: 1 });
      return Object.keys((await findAll(stage))[0] ?? {});
    },
    gives: ['_id', 'a'],
  },
  {
    name: 'the same _id twice',
    given: [{ _id: 1 }],
    act: ({ collection }) => collection.insertOne({ _id: 1 }),
    refused: { code: 11_000 },
  },
  {
    name: 'an _id that is an array',
    act: ({ collection }) => collection.insertOne({ _id: [1] }),
    refused: { code: 53 },
  },
  ordered(true, [[0], 1]),
  ordered(false, [[0, 2], 2]),
];

/** Three inserts; the second fails. */
function ordered(inOrder: boolean, gives: unknown): Case {
  const act = async (stage: Stage): Promise<unknown> => {
    const insert = stage.collection.insertMany([{ _id: 0 }, { _id: 0 }, { _id: 2 }], { ordered: inOrder });
    const error = (await insert.catch((refusal: unknown) => refusal)) as MongoBulkWriteError;
    return [(await findAll(stage)).map(({ _id }) => _id as unknown), error.insertedCount];
  };
  return {
    name: inOrder ? 'an ordered batch ends at an error' : 'an unordered one goes on',
    act,
    gives,
  };
}

const deleting: Case[] = [
  {
    name: 'one',
    given: docs({ a: 1 }, { a: 1 }),
    act: async (stage) => [(await stage.collection.deleteOne({ a: 1 })).deletedCount, await findAll(stage)],
    gives: [1, [{ _id: 2, a: 1 }]],
  },
  {
    name: 'all that match',
    given: docs({ a: 1 }, { a: 1 }, { a: 2 }),
    act: async (stage) => [(await stage.collection.deleteMany({ a: 1 })).deletedCount, await findAll(stage)],
    gives: [2, [{ _id: 3, a: 2 }]],
  },
  refusesCommand('a limit of two', { delete: 'c', deletes: [{ q: {}, limit: 2 }] }, 9),
];

const bulk: Case[] = [
  {
    name: 'every kind of write',
    given: docs({ a: 1 }, { a: 2 }, { a: 3 }),
    act: async (stage) => {
      const { insertedCount, modifiedCount, deletedCount, upsertedIds } = await stage.collection.bulkWrite([
        { insertOne: { document: { _id: 4 } } },
        { updateOne: { filter: { _id: 1 }, update: { $inc: { a: 1 } } } },
        { updateMany: { filter: { a: 2 }, update: { $set: { b: 1 } } } },
        { replaceOne: { filter: { _id: 5 }, replacement: { c: 1 }, upsert: true } },
        { deleteOne: { filter: { _id: 3 } } },
      ]);
      return [insertedCount, modifiedCount, deletedCount, upsertedIds, await findAll(stage)];
    },
    gives: [1, 3, 1, { 3: 5 }, [{ _id: 1, a: 2, b: 1 }, { _id: 2, a: 2, b: 1 }, { _id: 4 }, { _id: 5, c: 1 }]],
  },
  {
    name: 'an unordered one reports what failed by its index',
    given: [{ _id: 1 }],
    act: async (stage) => {
      const writes = [
        { insertOne: { document: { _id: 1 } } },
        { updateOne: { filter: { _id: 1 }, update: { $inc: { n: 1 } } } },
        { insertOne: { document: { _id: 2 } } },
      ];
      const error = (await stage.collection
        .bulkWrite(writes, { ordered: false })
        .catch((refusal: unknown) => refusal)) as MongoBulkWriteError;
      const errors = error.writeErrors as unknown as { index: number; code: number }[];
      return [errors.map(({ index, code }) => [index, code]), await findAll(stage)];
    },
    gives: [[[0, 11_000]], docs({ n: 1 }, {})],
  },
];

const three = docs({ a: 1, n: 3 }, { a: 1, n: 1 }, { a: 1, n: 2 });

function modifies(name: string, act: (stage: Stage) => Promise<unknown>, gives: unknown): Case {
  const both = async (stage: Stage): Promise<unknown> => [await act(stage), await findAll(stage)];
  return { name, given: three, act: both, gives };
}

const findAndModify: Case[] = [
  modifies(
    'before, and the first by the sort',
    ({ collection }) => collection.findOneAndUpdate({ a: 1 }, { $inc: { n: 10 } }, { sort: { n: 1 } }),
    [{ _id: 2, a: 1, n: 1 }, [three[0], { _id: 2, a: 1, n: 11 }, three[2]]],
  ),
  modifies(
    'after',
    ({ collection }) => collection.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument: 'after' }),
    [{ _id: 1, a: 1, n: 4 }, [{ _id: 1, a: 1, n: 4 }, three[1], three[2]]],
  ),
  modifies(
    'with a projection',
    ({ collection }) =>
      collection.findOneAndUpdate(
        { _id: 1 },
        { $inc: { n: 1 } },
        { returnDocument: 'after', projection: { n: 1, _id: 0 } },
      ),
    [{ n: 4 }, [{ _id: 1, a: 1, n: 4 }, three[1], three[2]]],
  ),
  modifies(
    'an upsert, before',
    ({ collection }) => collection.findOneAndUpdate({ _id: 9 }, { $set: { n: 1 } }, { upsert: true }),
    [null, [...three, { _id: 9, n: 1 }]],
  ),
  modifies(
    'an upsert, after',
    ({ collection }) =>
      collection.findOneAndUpdate({ _id: 9 }, { $set: { n: 1 } }, { upsert: true, returnDocument: 'after' }),
    [{ _id: 9, n: 1 }, [...three, { _id: 9, n: 1 }]],
  ),
  modifies('nothing found', ({ collection }) => collection.findOneAndUpdate({ _id: 9 }, { $set: { n: 1 } }), [
    null,
    three,
  ]),
  modifies(
    'a replacement',
    ({ collection }) => collection.findOneAndReplace({ _id: 1 }, { z: 1 }, { returnDocument: 'after' }),
    [{ _id: 1, z: 1 }, [{ _id: 1, z: 1 }, three[1], three[2]]],
  ),
  modifies(
    'a removal, by the sort, with a projection',
    ({ collection }) => collection.findOneAndDelete({ a: 1 }, { sort: { n: -1 }, projection: { _id: 1 } }),
    [{ _id: 1 }, [three[1], three[2]]],
  ),
  {
    name: 'with filters of items',
    given: [{ _id: 1, a: [1, 5] }],
    act: ({ collection }) =>
      collection.findOneAndUpdate(
        {},
        { $set: { 'a.$[x]': 0 } },
        { arrayFilters: [{ x: { $gt: 3 } }], returnDocument: 'after' },
      ),
    gives: { _id: 1, a: [1, 0] },
  },
  {
    name: 'says what it did',
    given: [{ _id: 1 }],
    act: async ({ db }) => {
      const update = await db.command({ findAndModify: 'c', query: { _id: 1 }, update: { $set: { a: 1 } } });
      const upsert = await db.command({
        findAndModify: 'c',
        query: { _id: 2 },
        update: { $set: { a: 1 } },
        upsert: true,
      });
      return [update['lastErrorObject'] as unknown, upsert['lastErrorObject'] as unknown];
    },
    gives: [
      { n: 1, updatedExisting: true },
      { n: 1, updatedExisting: false, upserted: 2 },
    ],
  },
  refusesCommand('remove and update at once', { findAndModify: 'c', remove: true, update: { a: 1 } }, 9),
  refusesCommand('neither remove nor update', { findAndModify: 'c' }, 9),
  refusesCommand('remove and new', { findAndModify: 'c', remove: true, new: true }, 9),
];

export const writing: Record<string, Case[]> = { inserting, deleting, bulk, findAndModify };
