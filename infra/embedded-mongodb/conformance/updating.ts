import { Long, Timestamp } from 'mongodb';
import { type Case, findAll, refusesUpdate, updates } from './case';

const long = Long.fromNumber;

const fields: Case[] = [
  updates('$set', { _id: 1, a: 1 }, { $set: { a: 2, 'b.c': 3 } }, { _id: 1, a: 2, b: { c: 3 } }),
  updates('$set of an item', { _id: 1, a: [1, 2] }, { $set: { 'a.1': 9 } }, { _id: 1, a: [1, 9] }),
  updates(
    '$set beyond the end fills with null',
    { _id: 1, a: [1] },
    { $set: { 'a.2': 9 } },
    { _id: 1, a: [1, null, 9] },
  ),
  updates(
    '$set of a number where nothing is makes a document',
    { _id: 1 },
    { $set: { 'a.0': 9 } },
    { _id: 1, a: { 0: 9 } },
  ),
  updates('$set replaces documents whole', { _id: 1, a: { b: 1 } }, { $set: { a: { c: 2 } } }, { _id: 1, a: { c: 2 } }),
  updates('$set of _id to what it is', { _id: 1 }, { $set: { _id: 1, a: 1 } }, { _id: 1, a: 1 }),
  updates('$unset', { _id: 1, a: 1, b: { c: 1, d: 2 } }, { $unset: { a: '', 'b.c': '' } }, { _id: 1, b: { d: 2 } }),
  updates('$unset of an item leaves null', { _id: 1, a: [1, 2] }, { $unset: { 'a.0': 1 } }, { _id: 1, a: [null, 2] }),
  updates('$inc', { _id: 1, n: 1 }, { $inc: { n: 2, m: -1 } }, { _id: 1, n: 3, m: -1 }),
  updates('$inc by a fraction', { _id: 1, n: 1 }, { $inc: { n: 0.5 } }, { _id: 1, n: 1.5 }),
  updates('$mul', { _id: 1, n: 3 }, { $mul: { n: 2, m: 5 } }, { _id: 1, n: 6, m: 0 }),
  updates('$min', { _id: 1, a: 5, b: 5 }, { $min: { a: 3, b: 9, c: 1 } }, { _id: 1, a: 3, b: 5, c: 1 }),
  updates('$max', { _id: 1, a: 5, b: 5 }, { $max: { a: 3, b: 9, c: 1 } }, { _id: 1, a: 5, b: 9, c: 1 }),
  updates('$max across types', { _id: 1, a: 5 }, { $max: { a: 'x' } }, { _id: 1, a: 'x' }),
  updates('$rename', { _id: 1, a: 1, b: { c: 2 } }, { $rename: { a: 'z', 'b.c': 'y' } }, { _id: 1, b: {}, z: 1, y: 2 }),
  updates('$rename of nothing', { _id: 1, b: 1 }, { $rename: { a: 'b' } }, { _id: 1, b: 1 }),
  updates('$setOnInsert does nothing to what is there', { _id: 1 }, { $setOnInsert: { a: 1 } }, { _id: 1 }),
  updates(
    '$bit',
    { _id: 1, a: 13, b: 8, c: 5 },
    { $bit: { a: { and: 10 }, b: { or: 3 }, c: { xor: 1 } } },
    { _id: 1, a: 8, b: 11, c: 4 },
  ),
  updates('an update that changes nothing', { _id: 1, a: 1 }, { $set: { a: 1 } }, { _id: 1, a: 1 }),
  {
    name: '$currentDate',
    given: [{ _id: 1 }],
    act: async (stage) => {
      await stage.collection.updateOne({}, { $currentDate: { a: true, b: { $type: 'timestamp' } } as never });
      const [found] = await findAll(stage);
      return [found?.['a'] instanceof Date, found?.['b'] instanceof Timestamp];
    },
    gives: [true, true],
  },
  refusesUpdate('$inc of a text', { _id: 1, n: 'x' }, { $inc: { n: 1 } }, 14),
  refusesUpdate('$inc of null', { _id: 1, n: null }, { $inc: { n: 1 } }, 14),
  refusesUpdate('$inc by a text', { _id: 1, n: 1 }, { $inc: { n: 'x' } }, 14),
  refusesUpdate('$mul of a text', { _id: 1, n: 'x' }, { $mul: { n: 2 } }, 14),
  refusesUpdate('$bit of a fraction', { _id: 1, n: 1.5 }, { $bit: { n: { and: 1 } } }, 2),
  refusesUpdate('a change of _id', { _id: 1 }, { $set: { _id: 2 } }, 66),
  refusesUpdate('$unset of _id', { _id: 1 }, { $unset: { _id: 1 } }, 66),
  refusesUpdate('a field below a text', { _id: 1, a: 'x' }, { $set: { 'a.b': 1 } }, 28),
  refusesUpdate('a name in an array', { _id: 1, a: [1] }, { $set: { 'a.b': 1 } }, 28),
  refusesUpdate('the same field twice', { _id: 1 }, { $set: { a: 1 }, $inc: { a: 1 } }, 40),
  refusesUpdate('a field and one below it', { _id: 1 }, { $set: { a: 1, 'a.b': 1 } }, 40),
  refusesUpdate('an unknown operator', { _id: 1 }, { $teleport: { a: 1 } }, 9),
  refusesUpdate('an operator without a document', { _id: 1 }, { $set: 1 }, 9),
  refusesUpdate('an empty name', { _id: 1 }, { $set: { 'a..b': 1 } }, 56),
  refusesUpdate('a name that begins with $', { _id: 1 }, { $set: { 'a.$b': 1 } }, 52),
];

const arrays: Case[] = [
  updates('$push', { _id: 1, a: [1] }, { $push: { a: 2, b: 3 } }, { _id: 1, a: [1, 2], b: [3] }),
  updates('$push of an array is one item', { _id: 1, a: [1] }, { $push: { a: [2, 3] } }, { _id: 1, a: [1, [2, 3]] }),
  updates('$push with $each', { _id: 1, a: [1] }, { $push: { a: { $each: [2, 3] } } }, { _id: 1, a: [1, 2, 3] }),
  updates(
    '$push with $position',
    { _id: 1, a: [1, 2] },
    { $push: { a: { $each: [9], $position: 1 } } },
    { _id: 1, a: [1, 9, 2] },
  ),
  updates(
    '$push with a position from the end',
    { _id: 1, a: [1, 2] },
    { $push: { a: { $each: [9], $position: -1 } } },
    { _id: 1, a: [1, 9, 2] },
  ),
  updates(
    '$push with $slice',
    { _id: 1, a: [1, 2] },
    { $push: { a: { $each: [3, 4], $slice: -3 } } },
    { _id: 1, a: [2, 3, 4] },
  ),
  updates(
    '$push with $slice: 0',
    { _id: 1, a: [1, 2] },
    { $push: { a: { $each: [3], $slice: 0 } } },
    { _id: 1, a: [] },
  ),
  updates(
    '$push with $sort',
    { _id: 1, a: [3, 1] },
    { $push: { a: { $each: [2], $sort: -1 } } },
    { _id: 1, a: [3, 2, 1] },
  ),
  updates(
    '$push with $sort by fields, and $slice',
    { _id: 1, a: [{ n: 3 }] },
    { $push: { a: { $each: [{ n: 1 }, { n: 2 }], $sort: { n: 1 }, $slice: 2 } } },
    { _id: 1, a: [{ n: 1 }, { n: 2 }] },
  ),
  updates(
    '$push with $sort and $slice makes a new array',
    { _id: 1 },
    { $push: { a: { $each: [3, 1, 2], $sort: 1, $slice: 2 } } },
    { _id: 1, a: [1, 2] },
  ),
  updates('$addToSet', { _id: 1, a: [1, 1] }, { $addToSet: { a: 1 } }, { _id: 1, a: [1, 1] }),
  updates(
    '$addToSet of several',
    { _id: 1, a: [1] },
    { $addToSet: { a: { $each: [2, 1, 2] } } },
    { _id: 1, a: [1, 2] },
  ),
  updates(
    '$addToSet takes equal numbers for one',
    { _id: 1, a: [1] },
    { $addToSet: { a: long(1) } },
    { _id: 1, a: [1] },
  ),
  updates(
    '$addToSet of documents',
    { _id: 1, a: [{ b: 1 }] },
    { $addToSet: { a: { $each: [{ b: 1 }, { b: 2 }] } } },
    { _id: 1, a: [{ b: 1 }, { b: 2 }] },
  ),
  updates('$pull of a value', { _id: 1, a: [1, 2, 1] }, { $pull: { a: 1 } }, { _id: 1, a: [2] }),
  updates('$pull by a condition', { _id: 1, a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { _id: 1, a: [1] }),
  updates(
    '$pull of documents by some of their fields',
    { _id: 1, a: [{ b: 1, c: 1 }, { b: 2 }] },
    { $pull: { a: { b: 1 } } },
    { _id: 1, a: [{ b: 2 }] },
  ),
  updates('$pullAll', { _id: 1, a: [1, 2, 3, 2] }, { $pullAll: { a: [2, 3] } }, { _id: 1, a: [1] }),
  updates(
    '$pullAll of documents wants all of them',
    { _id: 1, a: [{ b: 1, c: 1 }] },
    { $pullAll: { a: [{ b: 1 }] } },
    { _id: 1, a: [{ b: 1, c: 1 }] },
  ),
  updates('$pop of the last', { _id: 1, a: [1, 2] }, { $pop: { a: 1 } }, { _id: 1, a: [1] }),
  updates('$pop of the first', { _id: 1, a: [1, 2] }, { $pop: { a: -1 } }, { _id: 1, a: [2] }),
  updates('$pop and $pull of nothing', { _id: 1 }, { $pop: { a: 1 }, $pull: { b: 1 } }, { _id: 1 }),
  refusesUpdate('$push onto a text', { _id: 1, a: 'x' }, { $push: { a: 1 } }, 2),
  refusesUpdate('$push of $each without an array', { _id: 1, a: [] }, { $push: { a: { $each: 1 } } }, 2),
  refusesUpdate('$push with an unknown modifier', { _id: 1, a: [] }, { $push: { a: { $each: [1], $teleport: 1 } } }, 2),
  refusesUpdate('$addToSet to a text', { _id: 1, a: 'x' }, { $addToSet: { a: 1 } }, 2),
  refusesUpdate('$pull from a text', { _id: 1, a: 'x' }, { $pull: { a: 1 } }, 2),
  refusesUpdate('$pop from a text', { _id: 1, a: 'x' }, { $pop: { a: 1 } }, 14),
  refusesUpdate('$pop of two', { _id: 1, a: [1, 2] }, { $pop: { a: 2 } }, 9),
];

const pipelines: Case[] = [
  updates('$set of an expression', { _id: 1, a: 2 }, [{ $set: { b: { $multiply: ['$a', 3] } } }], {
    _id: 1,
    a: 2,
    b: 6,
  }),
  updates('$unset', { _id: 1, a: 2, b: 1 }, [{ $unset: 'a' }], { _id: 1, b: 1 }),
  updates('several stages', { _id: 1, a: 2 }, [{ $set: { b: '$a' } }, { $set: { c: { $add: ['$b', 1] } } }], {
    _id: 1,
    a: 2,
    b: 2,
    c: 3,
  }),
  updates('$replaceWith keeps _id', { _id: 1, a: { x: 1 } }, [{ $replaceWith: '$a' }], { _id: 1, x: 1 }),
  refusesUpdate('a stage that may not update', { _id: 1, a: 2 }, [{ $match: { a: 2 } }], 72),
];

export const updating: Record<string, Case[]> = { fields, arrays, pipelines };
