import { Double, Long } from 'mongodb';
import { docs, type Case, finds, type Loose, refusesCommand } from './case';

const numbers: Loose[] = Array.from({ length: 300 }, (_, n) => ({ _id: n }));
const ids = async (found: Promise<Loose[]>): Promise<unknown[]> => (await found).map(({ _id }) => _id);

const paging: Case[] = [
  {
    name: 'skip and limit',
    given: numbers,
    act: ({ collection }) => ids(collection.find().sort({ _id: 1 }).skip(5).limit(2).toArray()),
    gives: [5, 6],
  },
  {
    name: 'a limit of 0 means no limit',
    given: numbers,
    act: async ({ collection }) => (await collection.find().limit(0).toArray()).length,
    gives: 300,
  },
  {
    name: 'skip beyond the end',
    given: numbers,
    act: ({ collection }) => ids(collection.find().skip(1_000).toArray()),
    gives: [],
  },
  {
    name: 'the first batch has 101 documents',
    given: numbers,
    act: async ({ db }) => {
      const { cursor } = await db.command({ find: 'c' });
      return (cursor as { firstBatch: unknown[] }).firstBatch.length;
    },
    gives: 101,
  },
  {
    name: 'a batch of none opens a cursor only',
    given: numbers,
    act: async ({ db }) => {
      const { cursor } = await db.command({ find: 'c', batchSize: 0 });
      const { cursor: next } = await db.command({
        getMore: (cursor as { id: unknown }).id,
        collection: 'c',
        batchSize: 2,
      });
      return [(cursor as { firstBatch: unknown[] }).firstBatch.length, (next as { nextBatch: unknown[] }).nextBatch];
    },
    gives: [0, [{ _id: 0 }, { _id: 1 }]],
  },
  {
    name: 'batches follow each other',
    given: numbers,
    act: ({ collection }) => ids(collection.find().sort({ _id: 1 }).batchSize(7).toArray()),
    gives: numbers.map(({ _id }) => _id),
  },
  {
    name: 'a single batch closes its cursor',
    given: numbers,
    act: async ({ db }) => {
      const { cursor } = await db.command({ find: 'c', batchSize: 2, singleBatch: true });
      return String((cursor as { id: unknown }).id);
    },
    gives: '0',
  },
  {
    name: 'a killed cursor is not found',
    given: numbers,
    act: async ({ db }) => {
      const { cursor } = await db.command({ find: 'c', batchSize: 2 });
      const { id } = cursor as { id: unknown };
      await db.command({ killCursors: 'c', cursors: [id] });
      return db.command({ getMore: id, collection: 'c' });
    },
    refused: { code: 43 },
  },
  {
    name: 'a cursor of another collection is refused',
    given: numbers,
    act: async ({ db }) => {
      const { cursor } = await db.command({ find: 'c', batchSize: 2 });
      return db.command({ getMore: (cursor as { id: unknown }).id, collection: 'other' });
    },
    refused: { code: 13 },
  },
  refusesCommand('a cursor that never was', { getMore: Long.fromNumber(4711), collection: 'c' }, 43),
  {
    name: 'a collection that is not there is empty',
    act: ({ db }) => db.collection('nowhere').find().toArray(),
    gives: [],
  },
];

const counting: Case[] = [
  {
    name: 'count',
    given: numbers,
    act: ({ db }) => db.command({ count: 'c', query: { _id: { $lt: 9 } }, skip: 2, limit: 5 }),
    gives: { n: 5, ok: 1 },
  },
  {
    name: 'countDocuments',
    given: numbers,
    act: ({ collection }) => collection.countDocuments({ _id: { $lt: 9 } }),
    gives: 9,
  },
  { name: 'countDocuments of nothing', act: ({ collection }) => collection.countDocuments({}), gives: 0 },
  {
    name: 'estimatedDocumentCount',
    given: numbers,
    act: ({ collection }) => collection.estimatedDocumentCount(),
    gives: 300,
  },
  {
    name: 'distinct looks into arrays, and takes equal numbers for one',
    given: [{ v: [1, 2] }, { v: 2.0 }, { v: Long.fromNumber(3) }, { v: new Double(3) }, {}, { v: null }],
    act: async ({ collection }) => (await collection.distinct('v')).length,
    gives: 4,
  },
  {
    name: 'distinct of a dotted path, with a query',
    given: docs({ a: [{ b: 1 }, { b: 2 }] }, { a: { b: 3 } }, { a: { b: 4 } }),
    act: async ({ collection }) => {
      const values: unknown[] = await collection.distinct('a.b', { _id: { $lt: 3 } });
      return values.sort();
    },
    gives: [1, 2, 3],
  },
  finds('a query finds nothing in an empty collection', [{ _id: 1 }], { _id: 2 }, []),
];

export const pages: Record<string, Case[]> = { paging, counting };
