import { Decimal128, Long } from 'mongodb';
import { docs, aggregates, type Case, type Loose } from './case';

/** What an expression makes of one document. */
function calculates(name: string, given: Loose, expression: unknown, value: unknown): Case {
  const pipeline = [{ $project: { _id: 0, v: expression } }];
  return aggregates(name, [{ _id: 1, ...given }], pipeline, [value === undefined ? {} : { v: value }]);
}

const expressions: Case[] = [
  calculates('$add and $subtract', { a: 5 }, { $subtract: [{ $add: ['$a', 1] }, 2] }, 4),
  calculates('$add to a date', { a: new Date(1_000) }, { $add: ['$a', 500] }, new Date(1_500)),
  calculates('$divide and $mod', {}, { $add: [{ $divide: [9, 2] }, { $mod: [9, 4] }] }, 5.5),
  calculates('null makes null', { a: null }, { $add: ['$a', 1] }, null),
  calculates('a missing field makes null', {}, { $add: ['$a', 1] }, null),
  calculates('a missing field is left out', {}, '$a', undefined),
  calculates('$cond', { a: 5 }, { $cond: [{ $gte: ['$a', 5] }, 'big', 'small'] }, 'big'),
  calculates('$cond by names', { a: 1 }, { $cond: { if: { $gt: ['$a', 5] }, then: 'big', else: 'small' } }, 'small'),
  calculates('$ifNull', {}, { $ifNull: ['$a', 'none'] }, 'none'),
  calculates(
    '$switch',
    { a: 2 },
    { $switch: { branches: [{ case: { $eq: ['$a', 2] }, then: 'two' }], default: 'x' } },
    'two',
  ),
  calculates('$and of truths', { a: 0, b: '' }, { $and: ['$b', { $not: ['$a'] }] }, true),
  calculates('$concat and $toUpper', { a: 'x' }, { $concat: [{ $toUpper: '$a' }, 'y'] }, 'Xy'),
  calculates('$split and $arrayElemAt', { a: 'x-y' }, { $arrayElemAt: [{ $split: ['$a', '-'] }, -1] }, 'y'),
  calculates('$substrCP', { a: 'grüße' }, { $substrCP: ['$a', 2, 3] }, 'üße'),
  calculates('$strLenCP', { a: 'grüße' }, { $strLenCP: '$a' }, 5),
  calculates('$size', { a: [1, 2] }, { $size: '$a' }, 2),
  calculates('$map', { a: [1, 2] }, { $map: { input: '$a', as: 'x', in: { $multiply: ['$$x', 2] } } }, [2, 4]),
  calculates('$filter', { a: [1, 5] }, { $filter: { input: '$a', as: 'x', cond: { $gt: ['$$x', 2] } } }, [5]),
  calculates(
    '$reduce',
    { a: [1, 5] },
    { $reduce: { input: '$a', initialValue: 0, in: { $add: ['$$value', '$$this'] } } },
    6,
  ),
  calculates('$in', { a: [1, 5] }, { $in: [5, '$a'] }, true),
  calculates('$slice', { a: [1, 2, 3] }, { $slice: ['$a', -2] }, [2, 3]),
  calculates('$range', { a: 7 }, { $range: [1, '$a', 2] }, [1, 3, 5]),
  calculates('$concatArrays', { a: [1] }, { $concatArrays: ['$a', [2]] }, [1, 2]),
  calculates('$setUnion', { a: [1, 2] }, { $size: { $setUnion: ['$a', [2, 3]] } }, 3),
  calculates('$mergeObjects', { a: { x: 1 } }, { $mergeObjects: ['$a', { y: 2 }] }, { x: 1, y: 2 }),
  calculates('$objectToArray', { a: { x: 1 } }, { $objectToArray: '$a' }, [{ k: 'x', v: 1 }]),
  calculates('$arrayToObject', { a: [['x', 1]] }, { $arrayToObject: '$a' }, { x: 1 }),
  calculates('$let', { a: 2 }, { $let: { vars: { x: '$a' }, in: { $add: ['$$x', 1] } } }, 3),
  calculates('$literal', {}, { $literal: '$a' }, '$a'),
  calculates(
    '$dateToString',
    { a: new Date(Date.UTC(2024, 1, 3)) },
    { $dateToString: { date: '$a', format: '%Y-%m-%d' } },
    '2024-02-03',
  ),
  calculates('$year', { a: new Date(Date.UTC(2024, 1, 3)) }, { $year: '$a' }, 2024),
  calculates(
    '$dateTrunc',
    { a: new Date(Date.UTC(2024, 1, 3, 5)) },
    { $dateTrunc: { date: '$a', unit: 'day' } },
    new Date(Date.UTC(2024, 1, 3)),
  ),
  calculates('$toString and $toInt', { a: '5' }, { $toString: { $add: [{ $toInt: '$a' }, 1] } }, '6'),
  calculates('$cmp orders types', { a: 'x' }, { $cmp: ['$a', 5] }, 1),
  calculates('$eq of documents', { a: { x: 1 } }, { $eq: ['$a', { x: 1 }] }, true),
  calculates('$gt orders a missing field below null', {}, { $lt: ['$a', null] }, true),
  calculates('a path through an array', { a: [{ b: 1 }, { c: 1 }, { b: 2 }] }, '$a.b', [1, 2]),
  calculates('$max of an array', { a: [1, 5, 2] }, { $max: '$a' }, 5),
  calculates('$sum of an array', { a: [1, 5, 'x'] }, { $sum: '$a' }, 6),
  calculates('$round', { a: 2.567 }, { $round: ['$a', 1] }, 2.6),
  calculates('numbers of two types are equal', { a: Long.fromNumber(5) }, { $eq: ['$a', 5] }, true),
  calculates('a long is a number', { a: Long.fromNumber(5) }, { $add: ['$a', 1] }, 6),
  calculates(
    'a long beyond 2^53 passes through',
    { a: Long.fromString('9007199254740993') },
    '$a',
    Long.fromString('9007199254740993'),
  ),
  calculates('a decimal passes through', { a: Decimal128.fromString('1.50') }, '$a', Decimal128.fromString('1.50')),
  aggregates(
    '$sum of longs',
    docs({ n: Long.fromNumber(5) }, { n: 1 }),
    [{ $group: { _id: null, n: { $sum: '$n' } } }],
    [{ _id: null, n: 6 }],
  ),
  aggregates(
    '$sum of decimals is exact',
    docs({ n: Decimal128.fromString('0.1') }, { n: Decimal128.fromString('0.2') }),
    [{ $group: { _id: null, n: { $sum: '$n' } } }],
    [{ _id: null, n: Decimal128.fromString('0.3') }],
  ),
];

export const calculating: Record<string, Case[]> = { expressions };
