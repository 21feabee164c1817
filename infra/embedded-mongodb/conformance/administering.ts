import { type Document, Long } from 'mongodb';
import { type Case, refusesCommand } from './case';

const refusals: Case[] = [
  refusesCommand('an unknown command', { teleport: 1 }, 59, "no such command: 'teleport'"),
  refusesCommand(
    'a field that find does not know',
    { find: 'c', foo: 1 },
    40_415,
    "BSON field 'find.foo' is an unknown field.",
  ),
  refusesCommand('a field that insert does not know', { insert: 'c', documents: [{}], foo: 1 }, 40_415),
  refusesCommand('a field that update does not know', { update: 'c', updates: [{ q: {}, u: {}, foo: 1 }] }, 40_415),
  refusesCommand('a field that delete does not know', { delete: 'c', deletes: [{ q: {}, limit: 0, foo: 1 }] }, 40_415),
  refusesCommand('a field that findAndModify does not know', { findAndModify: 'c', remove: true, foo: 1 }, 40_415),
  refusesCommand('a field that aggregate does not know', { aggregate: 'c', pipeline: [], cursor: {}, foo: 1 }, 40_415),
  refusesCommand('a field that count does not know', { count: 'c', foo: 1 }, 40_415),
  refusesCommand('a field that distinct does not know', { distinct: 'c', key: 'a', foo: 1 }, 40_415),
  refusesCommand('a filter that is a text', { find: 'c', filter: 'x' }, 14),
  refusesCommand('a sort that is a number', { find: 'c', sort: 1 }, 14),
  refusesCommand('a limit that is a text', { find: 'c', limit: 'x' }, 14),
  refusesCommand('a negative skip', { find: 'c', skip: -1 }, 51_024),
  refusesCommand('a negative batch size', { find: 'c', batchSize: -1 }, 51_024),
  refusesCommand('a sort by nothing', { find: 'c', sort: { a: 2 } }, 15_975),
  refusesCommand('a name that is a number', { find: 5 }, 73),
  refusesCommand('an empty name', { find: '' }, 73),
  refusesCommand('updates that are not an array', { update: 'c', updates: 5 }, 14),
  refusesCommand('an update without a query', { update: 'c', updates: [{ u: {} }] }, 40_414),
  refusesCommand('an insert without documents', { insert: 'c' }, 40_414),
  refusesCommand('an insert of no documents', { insert: 'c', documents: [] }, 16),
  refusesCommand('an aggregation without a cursor', { aggregate: 'c', pipeline: [] }, 9),
  refusesCommand('a pipeline that is not an array', { aggregate: 'c', pipeline: {}, cursor: {} }, 14),
  refusesCommand('a distinct without a key', { distinct: 'c' }, 40_414),
  refusesCommand('a rename by way of another database than admin', { renameCollection: 'x.nowhere', to: 'x.c' }, 13),
];

const collections: Case[] = [
  {
    name: 'are made, listed and dropped',
    act: async ({ db }) => {
      await db.createCollection('made');
      const listed = (await db.listCollections({ name: 'made' }).toArray()).map(({ name, type }) => [name, type]);
      await db.dropCollection('made');
      return [listed, await db.listCollections({ name: 'made' }).toArray()];
    },
    gives: [[['made', 'collection']], []],
  },
  {
    name: 'one that is there is not made again',
    given: [{ _id: 1 }],
    act: ({ db }) => db.command({ create: 'c' }),
    gives: { ok: 1 },
  },
  {
    name: 'are renamed',
    given: [{ _id: 1 }],
    act: async ({ collection, db }) => {
      await collection.rename('d', { dropTarget: true });
      return [await db.collection('d').find().toArray(), await collection.find().toArray()];
    },
    gives: [[{ _id: 1 }], []],
  },
  {
    name: 'are not renamed onto another',
    given: [{ _id: 1 }],
    act: async ({ collection, db }) => {
      await db.collection('e').insertOne({ a: 1 });
      return collection.rename('e');
    },
    refused: { code: 48 },
  },
  {
    name: 'one that is not there is not renamed',
    act: ({ db }) => db.collection('nowhere').rename('d'),
    refused: { code: 26 },
  },
  {
    name: 'a write makes them, and dropping the database ends them',
    act: async ({ collection, db }) => {
      await collection.insertOne({ _id: 1 });
      const before = (await db.listCollections().toArray()).length;
      await db.dropDatabase();
      return [before, (await db.listCollections().toArray()).length];
    },
    gives: [1, 0],
  },
];

const withSession = async (
  db: Parameters<Case['act']>[0]['db'],
  work: (session: ReturnType<typeof db.client.startSession>) => Promise<unknown>,
): Promise<unknown> => {
  const session = db.client.startSession();
  try {
    return await work(session);
  } finally {
    await session.endSession();
  }
};

const sessions: Case[] = [
  {
    name: 'are accepted',
    given: [{ _id: 1 }],
    act: ({ collection, db }) => withSession(db, (session) => collection.find({}, { session }).toArray()),
    gives: [{ _id: 1 }],
  },
  {
    name: 'transactions are refused as outside a replica set',
    given: [{ _id: 1 }],
    act: ({ db }) => {
      const lsid = { id: db.client.startSession().id?.['id'] as unknown };
      return db.command({
        find: 'c',
        lsid,
        txnNumber: Long.fromNumber(1),
        startTransaction: true,
        autocommit: false,
      });
    },
    refused: { code: 20 },
  },
  {
    name: 'generic arguments are accepted',
    given: [{ _id: 1 }],
    act: async ({ db }) => {
      const { cursor } = await db.command({
        find: 'c',
        comment: 'x',
        maxTimeMS: 1_000,
        readConcern: { level: 'local' },
      });
      return (cursor as Document)['firstBatch'] as unknown;
    },
    gives: [{ _id: 1 }],
  },
];

export const administering: Record<string, Case[]> = { refusals, collections, sessions };
