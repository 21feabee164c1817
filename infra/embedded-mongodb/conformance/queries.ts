import { Decimal128, Double, Long, ObjectId } from 'mongodb';
import { docs, type Case, finds, type Loose, refusesQuery } from './case';

const people: Loose[] = [
  { _id: 1, name: 'ada', age: 36, tags: ['math', 'code'], address: { city: 'London', zip: 1 } },
  { _id: 2, name: 'bela', age: 52, tags: ['math'], address: { city: 'Rome', zip: 2 } },
  { _id: 3, name: 'chen', age: 19, tags: [], address: null },
  { _id: 4, name: 'Dora', tags: 'code' },
];

const mixed: Loose[] = [
  { _id: 1, v: 5 },
  { _id: 2, v: '5' },
  { _id: 3, v: null },
  { _id: 4 },
  { _id: 5, v: [5, 7] },
  { _id: 6, v: true },
  { _id: 7, v: { a: 5 } },
  { _id: 8, v: new Date(5) },
  { _id: 9, v: Long.fromNumber(5) },
  { _id: 10, v: new Double(5.5) },
  { _id: 11, v: Decimal128.fromString('5.0') },
  { _id: 12, v: [] },
  { _id: 13, v: [[5]] },
];

const orders: Loose[] = [
  {
    _id: 1,
    items: [
      { sku: 'a', n: 2 },
      { sku: 'b', n: 9 },
    ],
  },
  { _id: 2, items: [{ sku: 'a', n: 9 }] },
  { _id: 3, items: { sku: 'a', n: 9 } },
  { _id: 4, items: [] },
  { _id: 5 },
];

const id = new ObjectId('65a000000000000000000001');

const comparison: Case[] = [
  finds('equality takes numbers of every type for one, and looks into arrays', mixed, { v: 5 }, [1, 5, 9, 11]),
  finds('equality with a text is not with a number', mixed, { v: '5' }, [2]),
  finds('null is a missing field too', mixed, { v: null }, [3, 4]),
  finds('$eq: null as well', mixed, { v: { $eq: null } }, [3, 4]),
  finds('$ne: null is neither null nor missing', mixed, { v: { $ne: null } }, [1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
  finds('equality with an array is with the whole or an item', mixed, { v: [5] }, [13]),
  finds('equality with an empty array', mixed, { v: [] }, [12]),
  finds('equality with a document is with all of it', mixed, { v: { a: 5 } }, [7]),
  finds('the order of fields counts', [{ _id: 1, v: { a: 1, b: 2 } }], { v: { b: 2, a: 1 } }, []),
  finds('comparisons stay within a type', mixed, { v: { $gt: 4 } }, [1, 5, 9, 10, 11]),
  finds('comparisons of texts', mixed, { v: { $gte: '5' } }, [2]),
  finds('$gte: null is null', mixed, { v: { $gte: null } }, [3, 4]),
  finds('$gt: null is nothing', mixed, { v: { $gt: null } }, []),
  finds('both bounds, each by any item', mixed, { v: { $gt: 6, $lt: 6 } }, [5]),
  finds('$lt of a date', mixed, { v: { $lt: new Date(6) } }, [8]),
  finds('$ne leaves out arrays that contain it', mixed, { v: { $ne: 5 } }, [2, 3, 4, 6, 7, 8, 10, 12, 13]),
  finds('$in with values of several types', mixed, { v: { $in: ['5', true] } }, [2, 6]),
  finds('$in with null finds missing fields', mixed, { v: { $in: [null] } }, [3, 4]),
  finds('$in with a pattern', people, { name: { $in: [/^D/, 'ada'] } }, [1, 4]),
  finds('$in with an array finds it whole', mixed, { v: { $in: [[5, 7]] } }, [5]),
  finds('$nin', people, { tags: { $nin: ['math', 'x'] } }, [3, 4]),
  finds('$nin with null leaves out missing fields', mixed, { v: { $nin: [null, 5] } }, [2, 6, 7, 8, 10, 12, 13]),
  finds('an ObjectId by its value', [{ _id: id }], { _id: new ObjectId(id.toHexString()) }, [id]),
  finds(
    'numbers beyond 2^53 are told apart',
    [{ _id: 1, v: Long.fromString('9007199254740993') }],
    { v: Long.fromString('9007199254740992') },
    [],
  ),
  finds('NaN equals NaN', docs({ v: NaN }, { v: 0 }), { v: NaN }, [1]),
  finds('NaN is neither below nor above', [{ _id: 1, v: NaN }], { v: { $lt: 1 } }, []),
  refusesQuery('an unknown operator', { a: { $teleport: 1 } }, 2),
  refusesQuery('an unknown top-level operator', { $teleport: [] }, 2),
  refusesQuery('$in without an array', { a: { $in: 1 } }, 2),
  refusesQuery('$in with an operator inside', { a: { $in: [{ $gt: 1 }] } }, 2),
  refusesQuery('an operator beside a field', { a: { $gt: 1, b: 1 } }, 2),
];

const logical: Case[] = [
  finds('several fields are all meant', people, { name: 'ada', age: 52 }, []),
  finds('$and', people, { $and: [{ tags: 'math' }, { age: { $lt: 40 } }] }, [1]),
  finds('$or', people, { $or: [{ name: 'ada' }, { age: 19 }] }, [1, 3]),
  finds('$nor', people, { $nor: [{ tags: 'math' }, { age: 19 }] }, [4]),
  finds('$not', people, { age: { $not: { $gt: 30 } } }, [3, 4]),
  finds('$not of a pattern', people, { name: { $not: /a/ } }, [3]),
  finds('$not of an equality inside', people, { tags: { $not: { $in: ['math'] } } }, [3, 4]),
  finds('they nest', people, { $or: [{ $and: [{ age: 36 }, { $or: [{ name: 'ada' }, { name: 'x' }] }] }] }, [1]),
  finds('$comment says nothing', people, { $comment: 'why', name: 'ada' }, [1]),
  refusesQuery('an empty $or', { $or: [] }, 2),
  refusesQuery('$and of something else', { $and: [1] }, 2),
  refusesQuery('$and without an array', { $and: { a: 1 } }, 2),
  refusesQuery('$not of a value', { a: { $not: 1 } }, 2),
];

const element: Case[] = [
  finds('$exists', mixed, { v: { $exists: false } }, [4]),
  finds('$exists is true of null', mixed, { v: { $exists: true } }, [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
  finds('$type by name tells int from long', mixed, { v: { $type: 'int' } }, [1, 5]),
  finds('$type of a long', mixed, { v: { $type: 'long' } }, [9]),
  finds('$type of a double', mixed, { v: { $type: 'double' } }, [10]),
  finds('$type of a decimal', mixed, { v: { $type: 'decimal' } }, [11]),
  finds('$type: number is all four', mixed, { v: { $type: 'number' } }, [1, 5, 9, 10, 11]),
  finds('$type by number', mixed, { v: { $type: 2 } }, [2]),
  finds('$type: array is the field itself', mixed, { v: { $type: 'array' } }, [5, 12, 13]),
  finds('$type: null is not a missing field', mixed, { v: { $type: 'null' } }, [3]),
  finds('$type with several', mixed, { v: { $type: ['bool', 'date'] } }, [6, 8]),
  finds('$type: objectId', [{ _id: id }, { _id: 1 }], { _id: { $type: 'objectId' } }, [id]),
  refusesQuery('$type of an unknown name', { a: { $type: 'teleport' } }, 2),
];

const arrays: Case[] = [
  finds('an item', people, { tags: 'code' }, [1, 4]),
  finds('$all', people, { tags: { $all: ['code', 'math'] } }, [1]),
  finds('$all finds a single value', people, { tags: { $all: ['code'] } }, [1, 4]),
  finds('an empty $all finds nothing', people, { tags: { $all: [] } }, []),
  finds(
    '$all with $elemMatch',
    orders,
    { items: { $all: [{ $elemMatch: { sku: 'a', n: 2 } }, { $elemMatch: { n: 9 } }] } },
    [1],
  ),
  finds('$size', people, { tags: { $size: 1 } }, [2]),
  finds('$size: 0', people, { tags: { $size: 0 } }, [3]),
  finds('$elemMatch wants one item that fits', orders, { items: { $elemMatch: { sku: 'a', n: 9 } } }, [2]),
  finds('dotted conditions may be met by different items', orders, { 'items.sku': 'a', 'items.n': 9 }, [1, 2, 3]),
  finds('$elemMatch on values', mixed, { v: { $elemMatch: { $gt: 5, $lt: 8 } } }, [5]),
  finds('$elemMatch on arrays in arrays', mixed, { v: { $elemMatch: { $elemMatch: { $eq: 5 } } } }, [13]),
  finds('an index into an array', people, { 'tags.0': 'math' }, [1, 2]),
  finds('an index, and on', orders, { 'items.1.sku': 'b' }, [1]),
  finds(
    'a dotted path is null where the field is missing in an item',
    docs({ a: [{ b: 1 }, { c: 1 }] }, { a: [{ b: 1 }] }, { a: [] }, { a: 5 }, {}),
    { 'a.b': null },
    [1, 4, 5],
  ),
  finds('a dotted path does not exist in an empty array', orders, { 'items.sku': { $exists: false } }, [4, 5]),
  refusesQuery('$size of a text', { a: { $size: 'x' } }, 9),
  refusesQuery('$all without an array', { a: { $all: 1 } }, 2),
  refusesQuery('$elemMatch without a document', { a: { $elemMatch: 1 } }, 2),
];

const paths: Case[] = [
  finds('a dotted path', people, { 'address.city': 'Rome' }, [2]),
  finds('a dotted path through null is null', people, { 'address.city': null }, [3, 4]),
  finds('a dotted path through a text', people, { 'name.first': { $exists: true } }, []),
  finds(
    'names that every object has are just names',
    docs({}, { constructor: 1 }),
    { constructor: { $exists: true } },
    [2],
  ),
  finds('a dotted path through arrays in arrays stops', [{ _id: 1, a: [[{ b: 1 }]] }], { 'a.b': 1 }, []),
  finds('a dotted path through arrays in arrays by index', [{ _id: 1, a: [[{ b: 1 }]] }], { 'a.0.b': 1 }, [1]),
];

const evaluation: Case[] = [
  finds('$regex with options', people, { name: { $regex: '^d', $options: 'i' } }, [4]),
  finds('a pattern', people, { name: /^[ab]/ }, [1, 2]),
  finds('a pattern on items', people, { tags: /^co/ }, [1, 4]),
  finds('$regex beside another condition', people, { name: { $regex: 'a', $ne: 'ada' } }, [2, 4]),
  finds('$regex with x ignores blanks', people, { name: { $regex: '^ a # first', $options: 'x' } }, [1]),
  finds('$regex does not match numbers', people, { age: /3/ }, []),
  finds('$mod', people, { age: { $mod: [4, 0] } }, [1, 2]),
  finds('$expr compares fields', docs({ a: 2, b: 1 }, { a: 1, b: 2 }), { $expr: { $gt: ['$a', '$b'] } }, [1]),
  finds('$expr orders all types', docs({ a: 'x' }, { a: 1 }, {}), { $expr: { $gt: ['$a', 5] } }, [1]),
  finds(
    '$expr calculates',
    people,
    { $expr: { $eq: [{ $size: { $ifNull: [{ $cond: [{ $isArray: '$tags' }, '$tags', []] }, []] } }, 2] } },
    [1],
  ),
  finds('$bitsAllSet', docs({ v: 6 }, { v: 4 }), { v: { $bitsAllSet: 6 } }, [1]),
  finds('$bitsAnySet by positions', docs({ v: 6 }, { v: 1 }), { v: { $bitsAnySet: [1, 2] } }, [1]),
  finds('$bitsAllClear', docs({ v: 6 }, { v: 1 }), { v: { $bitsAllClear: 1 } }, [1]),
  refusesQuery('an invalid pattern', { a: { $regex: '(' } }, 51_091),
  refusesQuery('an option of an invalid pattern', { a: { $regex: 'a', $options: 'q' } }, 51_108),
  refusesQuery('$options without $regex', { a: { $options: 'i' } }, 2),
  refusesQuery('$mod by zero', { a: { $mod: [0, 1] } }, 2),
  refusesQuery('$mod of one number', { a: { $mod: [1] } }, 2),
  refusesQuery('$expr with an unknown operator', { $expr: { $teleport: 1 } }, 168),
];

export const queries: Record<string, Case[]> = { comparison, logical, element, arrays, paths, evaluation };
