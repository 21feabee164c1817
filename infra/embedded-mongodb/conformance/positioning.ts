import { Decimal128, Double, Int32, Long } from 'mongodb';
import { docs, type Case, findAll, refusesUpdate, type Stage, updates } from './case';

const long = Long.fromNumber;

const positions: Case[] = [
  updates(
    '$ is the item that the query found',
    { _id: 1, a: [1, 5, 9] },
    { $set: { 'a.$': 0 } },
    { _id: 1, a: [1, 0, 9] },
    { filter: { a: { $gt: 3 } } },
  ),
  updates(
    '$ and a field below',
    { _id: 1, a: [{ n: 1 }, { n: 2 }] },
    { $inc: { 'a.$.n': 5 } },
    { _id: 1, a: [{ n: 1 }, { n: 7 }] },
    { filter: { 'a.n': 2 } },
  ),
  updates(
    '$ by $elemMatch',
    {
      _id: 1,
      a: [
        { n: 1, m: 1 },
        { n: 1, m: 2 },
      ],
    },
    { $set: { 'a.$.n': 0 } },
    {
      _id: 1,
      a: [
        { n: 1, m: 1 },
        { n: 0, m: 2 },
      ],
    },
    { filter: { a: { $elemMatch: { n: 1, m: 2 } } } },
  ),
  updates(
    '$ inside $and',
    { _id: 1, a: [1, 2] },
    { $set: { 'a.$': 0 } },
    { _id: 1, a: [1, 0] },
    { filter: { $and: [{ _id: 1 }, { a: 2 }] } },
  ),
  updates(
    '$[] is every item',
    { _id: 1, a: [{ n: 1 }, { n: 2 }] },
    { $inc: { 'a.$[].n': 1 } },
    { _id: 1, a: [{ n: 2 }, { n: 3 }] },
  ),
  updates('$[] in $[]', { _id: 1, a: [[1, 2], [3]] }, { $mul: { 'a.$[].$[]': 2 } }, { _id: 1, a: [[2, 4], [6]] }),
  updates(
    '$[id] is every item that its filter finds',
    { _id: 1, a: [1, 5, 9] },
    { $set: { 'a.$[big]': 0 } },
    { _id: 1, a: [1, 0, 0] },
    { arrayFilters: [{ big: { $gte: 5 } }] },
  ),
  updates(
    '$[id] by fields of items',
    { _id: 1, a: [{ n: 1 }, { n: 9 }] },
    { $set: { 'a.$[x].m': 1 } },
    { _id: 1, a: [{ n: 1 }, { n: 9, m: 1 }] },
    { arrayFilters: [{ 'x.n': { $gt: 5 } }] },
  ),
  updates(
    'two filters',
    { _id: 1, a: [{ b: [1, 2] }, { b: [1] }] },
    { $set: { 'a.$[x].b.$[y]': 0 } },
    { _id: 1, a: [{ b: [0, 2] }, { b: [1] }] },
    { arrayFilters: [{ 'x.b': 2 }, { y: 1 }] },
  ),
  updates(
    '$push into every item',
    { _id: 1, a: [{ b: [] }, { b: [1] }] },
    { $push: { 'a.$[].b': 2 } },
    { _id: 1, a: [{ b: [2] }, { b: [1, 2] }] },
  ),
  refusesUpdate('$ without an array in the query', { _id: 1, a: [1] }, { $set: { 'a.$': 0 } }, 2),
  refusesUpdate('$[] of no array', { _id: 1, a: 1 }, { $set: { 'a.$[]': 0 } }, 2),
  refusesUpdate('$[id] without a filter', { _id: 1, a: [1] }, { $set: { 'a.$[x]': 0 } }, 2),
  refusesUpdate('a filter that is not used', { _id: 1, a: [1] }, { $set: { a: 0 } }, 9, { arrayFilters: [{ x: 1 }] }),
];

const numbers: Case[] = [
  updates('$inc of a long stays a long', { _id: 1, n: long(5) }, { $inc: { n: 1 } }, { _id: 1, n: long(6) }),
  updates(
    '$inc beyond 2^53 is exact',
    { _id: 1, n: Long.fromString('9007199254740993') },
    { $inc: { n: 1 } },
    { _id: 1, n: Long.fromString('9007199254740994') },
  ),
  updates('$inc by a long makes a long', { _id: 1, n: 5 }, { $inc: { n: long(1) } }, { _id: 1, n: long(6) }),
  updates(
    '$inc beyond 2^31 makes a long',
    { _id: 1, n: 2_147_483_647 },
    { $inc: { n: 1 } },
    { _id: 1, n: long(2_147_483_648) },
  ),
  updates(
    '$mul beyond 2^31 makes a long',
    { _id: 1, n: 2_000_000_000 },
    { $mul: { n: 3 } },
    { _id: 1, n: long(6_000_000_000) },
  ),
  updates(
    '$inc of a decimal is exact',
    { _id: 1, n: Decimal128.fromString('0.1') },
    { $inc: { n: Decimal128.fromString('0.2') } },
    { _id: 1, n: Decimal128.fromString('0.3') },
  ),
  updates(
    '$mul of a decimal by an int',
    { _id: 1, n: Decimal128.fromString('1.50') },
    { $mul: { n: 3 } },
    { _id: 1, n: Decimal128.fromString('4.50') },
  ),
  refusesUpdate('$inc of a long beyond 2^63', { _id: 1, n: Long.MAX_VALUE }, { $inc: { n: 1 } }, 2),
  {
    name: '$inc of a double that is whole stays a double',
    given: [{ _id: 1, n: new Double(1) }],
    act: async (stage) => {
      await stage.collection.updateOne({}, { $inc: { n: 1 } });
      return findAll(stage, {}, { promoteValues: false });
    },
    gives: [{ _id: new Int32(1), n: new Double(2) }],
  },
  {
    name: '$inc by a double makes a double',
    given: [{ _id: 1, n: 1 }],
    act: async (stage) => {
      await stage.collection.updateOne({}, { $inc: { n: new Double(1) } });
      return findAll(stage, {}, { promoteValues: false });
    },
    gives: [{ _id: new Int32(1), n: new Double(2) }],
  },
];

const outcome = (name: string, given: object[], act: (stage: Stage) => Promise<object>, gives: object): Case => ({
  name,
  given,
  act: async (stage) => {
    const { matchedCount, modifiedCount, upsertedCount, upsertedId } = (await act(stage)) as Record<string, unknown>;
    return { matchedCount, modifiedCount, upsertedCount, upsertedId, left: await findAll(stage) };
  },
  gives: { matchedCount: 0, modifiedCount: 0, upsertedCount: 0, upsertedId: null, ...gives },
});

const upserts: Case[] = [
  outcome(
    'the equalities of the query, then the update',
    [],
    ({ collection }) =>
      collection.updateOne({ _id: 1, a: 1, b: { $gt: 5 }, c: { $eq: 3 } }, { $set: { d: 4 } }, { upsert: true }),
    { upsertedCount: 1, upsertedId: 1, left: [{ _id: 1, a: 1, c: 3, d: 4 }] },
  ),
  outcome(
    '$and holds equalities too',
    [],
    ({ collection }) => collection.updateOne({ _id: 1, $and: [{ a: 1 }] }, { $set: { d: 4 } }, { upsert: true }),
    { upsertedCount: 1, upsertedId: 1, left: [{ _id: 1, a: 1, d: 4 }] },
  ),
  outcome(
    '$setOnInsert',
    [],
    ({ collection }) => collection.updateOne({ _id: 1 }, { $setOnInsert: { a: 1 }, $inc: { n: 1 } }, { upsert: true }),
    { upsertedCount: 1, upsertedId: 1, left: [{ _id: 1, a: 1, n: 1 }] },
  ),
  outcome(
    'what is there is updated',
    [{ _id: 1, n: 1 }],
    ({ collection }) => collection.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { upsert: true }),
    { matchedCount: 1, modifiedCount: 1, left: [{ _id: 1, n: 2 }] },
  ),
  outcome(
    'a replacement',
    [],
    ({ collection }) => collection.replaceOne({ _id: 1, a: 1 }, { b: 2 }, { upsert: true }),
    { upsertedCount: 1, upsertedId: 1, left: [{ _id: 1, b: 2 }] },
  ),
  outcome(
    'a dotted equality',
    [],
    ({ collection }) => collection.updateOne({ _id: 1, 'a.b': 1 }, { $set: { 'a.c': 2 } }, { upsert: true }),
    { upsertedCount: 1, upsertedId: 1, left: [{ _id: 1, a: { b: 1, c: 2 } }] },
  ),
  outcome('many', docs({ a: 1 }, { a: 1 }), ({ collection }) => collection.updateMany({ a: 1 }, { $set: { b: 1 } }), {
    matchedCount: 2,
    modifiedCount: 2,
    left: docs({ a: 1, b: 1 }, { a: 1, b: 1 }),
  }),
  outcome(
    'the same again modifies nothing',
    [{ _id: 1, a: 1 }],
    ({ collection }) => collection.updateMany({ a: 1 }, { $set: { a: 1 } }),
    { matchedCount: 1, left: [{ _id: 1, a: 1 }] },
  ),
  outcome(
    'a replacement keeps _id',
    [{ _id: 1, a: 1 }],
    ({ collection }) => collection.replaceOne({ a: 1 }, { b: 1 }),
    { matchedCount: 1, modifiedCount: 1, left: [{ _id: 1, b: 1 }] },
  ),
  outcome(
    'a number of another type is a change',
    [{ _id: 1, a: 1 }],
    ({ collection }) => collection.updateOne({}, { $set: { a: long(1) } }),
    { matchedCount: 1, modifiedCount: 1, left: [{ _id: 1, a: 1 }] },
  ),
];

export const positioning: Record<string, Case[]> = { positions, numbers, upserts };
