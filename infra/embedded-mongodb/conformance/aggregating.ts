import { docs, aggregates, type Case, type Loose, refusesPipeline } from './case';

const sales: Loose[] = [
  { _id: 1, item: 'a', price: 10, n: 2, tags: ['x', 'y'] },
  { _id: 2, item: 'b', price: 20, n: 1, tags: ['x'] },
  { _id: 3, item: 'a', price: 5, n: 10, tags: [] },
  { _id: 4, item: 'c', price: 1.5, n: 4 },
];

const byId = { $sort: { _id: 1 } };

const stages: Case[] = [
  aggregates(
    '$match',
    sales,
    [{ $match: { item: 'a' } }, { $project: { n: 1 } }, byId],
    [
      { _id: 1, n: 2 },
      { _id: 3, n: 10 },
    ],
  ),
  aggregates(
    '$project calculates',
    sales,
    [{ $match: { _id: 1 } }, { $project: { _id: 0, total: { $multiply: ['$price', '$n'] } } }],
    [{ total: 20 }],
  ),
  aggregates(
    '$project excludes',
    sales,
    [{ $match: { _id: 2 } }, { $project: { tags: 0, n: 0 } }],
    [{ _id: 2, item: 'b', price: 20 }],
  ),
  aggregates(
    '$addFields and $set',
    sales,
    [{ $match: { _id: 2 } }, { $addFields: { x: '$n', 'y.z': 1 } }, { $project: { x: 1, y: 1 } }],
    [{ _id: 2, x: 1, y: { z: 1 } }],
  ),
  aggregates('$unset', sales, [{ $match: { _id: 2 } }, { $unset: ['tags', 'n'] }], [{ _id: 2, item: 'b', price: 20 }]),
  aggregates(
    '$group sums, averages and counts',
    sales,
    [{ $group: { _id: '$item', n: { $sum: '$n' }, mean: { $avg: '$price' }, rows: { $sum: 1 } } }, byId],
    [
      { _id: 'a', n: 12, mean: 7.5, rows: 2 },
      { _id: 'b', n: 1, mean: 20, rows: 1 },
      { _id: 'c', n: 4, mean: 1.5, rows: 1 },
    ],
  ),
  aggregates(
    '$group of all',
    sales,
    [{ $group: { _id: null, min: { $min: '$price' }, max: { $max: '$price' } } }],
    [{ _id: null, min: 1.5, max: 20 }],
  ),
  aggregates(
    '$group by several fields',
    sales,
    [{ $group: { _id: { item: '$item' }, ids: { $push: '$_id' } } }, byId],
    [
      { _id: { item: 'a' }, ids: [1, 3] },
      { _id: { item: 'b' }, ids: [2] },
      { _id: { item: 'c' }, ids: [4] },
    ],
  ),
  aggregates(
    '$group with $first, $last and $addToSet',
    sales,
    [
      byId,
      { $group: { _id: null, first: { $first: '$item' }, last: { $last: '$item' }, set: { $addToSet: '$item' } } },
      { $project: { _id: 0, first: 1, last: 1, size: { $size: '$set' } } },
    ],
    [{ first: 'a', last: 'c', size: 3 }],
  ),
  aggregates(
    '$group takes missing fields and null for one',
    docs({}, { a: null }),
    [{ $group: { _id: '$a', n: { $sum: 1 } } }],
    [{ _id: null, n: 2 }],
  ),
  aggregates(
    '$unwind',
    sales,
    [{ $unwind: '$tags' }, { $project: { tags: 1 } }, { $sort: { _id: 1, tags: 1 } }],
    [
      { _id: 1, tags: 'x' },
      { _id: 1, tags: 'y' },
      { _id: 2, tags: 'x' },
    ],
  ),
  aggregates(
    '$unwind that keeps the empty, with an index',
    sales,
    [
      { $match: { _id: { $gte: 2 } } },
      { $unwind: { path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i' } },
      { $project: { tags: 1, i: 1 } },
      byId,
    ],
    [
      { _id: 2, tags: 'x', i: 0 },
      { _id: 3, i: null },
      { _id: 4, i: null },
    ],
  ),
  aggregates(
    '$sort, $skip and $limit',
    sales,
    [{ $sort: { price: -1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { _id: 1 } }],
    [{ _id: 1 }],
  ),
  aggregates('$count', sales, [{ $match: { item: 'a' } }, { $count: 'n' }], [{ n: 2 }]),
  aggregates('$count of nothing', sales, [{ $match: { item: 'z' } }, { $count: 'n' }], []),
  aggregates('$replaceRoot', [{ _id: 1, a: { b: 2 } }], [{ $replaceRoot: { newRoot: '$a' } }], [{ b: 2 }]),
  aggregates('$replaceWith', [{ _id: 1, a: { b: 2 } }], [{ $replaceWith: '$a' }], [{ b: 2 }]),
  aggregates(
    '$sortByCount',
    sales,
    [{ $match: { item: { $in: ['a', 'b'] } } }, { $sortByCount: '$item' }],
    [
      { _id: 'a', count: 2 },
      { _id: 'b', count: 1 },
    ],
  ),
  aggregates(
    '$lookup within the collection',
    sales,
    [
      { $match: { _id: 1 } },
      { $lookup: { from: 'c', localField: 'item', foreignField: 'item', as: 'same' } },
      { $project: { n: { $size: '$same' } } },
    ],
    [{ _id: 1, n: 2 }],
  ),
  aggregates(
    '$lookup by an array',
    docs({ ids: [2, 3] }, {}, {}),
    [
      { $match: { _id: 1 } },
      { $lookup: { from: 'c', localField: 'ids', foreignField: '_id', as: 'them' } },
      { $project: { them: 1 } },
    ],
    [{ _id: 1, them: [{ _id: 2 }, { _id: 3 }] }],
  ),
  aggregates(
    '$lookup with a pipeline',
    sales,
    [
      { $match: { _id: 2 } },
      {
        $lookup: {
          from: 'c',
          let: { p: '$price' },
          pipeline: [{ $match: { $expr: { $lt: ['$price', '$$p'] } } }, { $project: { _id: 1 } }, byId],
          as: 'less',
        },
      },
      { $project: { less: 1 } },
    ],
    [{ _id: 2, less: [{ _id: 1 }, { _id: 3 }, { _id: 4 }] }],
  ),
  aggregates(
    '$facet',
    sales,
    [{ $facet: { all: [{ $count: 'n' }], a: [{ $match: { item: 'a' } }, { $count: 'n' }] } }],
    [{ all: [{ n: 4 }], a: [{ n: 2 }] }],
  ),
  aggregates(
    '$bucket',
    sales,
    [{ $bucket: { groupBy: '$price', boundaries: [0, 6, 30], output: { n: { $sum: 1 } } } }],
    [
      { _id: 0, n: 2 },
      { _id: 6, n: 2 },
    ],
  ),
  aggregates('$unionWith', [{ _id: 1 }], [{ $unionWith: 'c' }], [{ _id: 1 }, { _id: 1 }]),
  aggregates('$sample of more than there are', [{ _id: 1 }], [{ $sample: { size: 5 } }], [{ _id: 1 }]),
  aggregates(
    '$graphLookup',
    docs({ to: 2 }, { to: 3 }, {}),
    [
      { $match: { _id: 1 } },
      { $graphLookup: { from: 'c', startWith: '$to', connectFromField: 'to', connectToField: '_id', as: 'way' } },
      { $project: { n: { $size: '$way' } } },
    ],
    [{ _id: 1, n: 2 }],
  ),
  aggregates('an empty pipeline', [{ _id: 1 }], [], [{ _id: 1 }]),
  refusesPipeline('an unknown stage', [{ $teleport: 1 }], 40_324),
  refusesPipeline('a stage of two', [{ $match: {}, $limit: 1 }], 40_323),
  refusesPipeline('an unknown operator', [{ $project: { a: { $teleport: 1 } } }], 31_325),
  refusesPipeline('an unknown accumulator', [{ $group: { _id: 1, n: { $teleport: 1 } } }], 15_952),
  refusesPipeline('$group without _id', [{ $group: { n: { $sum: 1 } } }], 15_955),
  refusesPipeline('a negative $limit', [{ $limit: -1 }], 5_107_201),
  refusesPipeline('$limit of nothing', [{ $limit: 0 }], 15_958),
  refusesPipeline('a field that is not a path', [{ $unwind: 'a' }], 28_818),
];

export const aggregating: Record<string, Case[]> = { stages };
