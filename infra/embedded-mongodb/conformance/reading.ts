import { Binary, Decimal128, Long, MaxKey, MinKey, ObjectId } from 'mongodb';
import { docs, type Case, findAll, type Loose, projects, type Stage } from './case';

const post: Loose = {
  _id: 1,
  title: 't',
  by: { name: 'ada', mail: 'm' },
  tags: ['a', 'b', 'c', 'd'],
  comments: [
    { n: 1, x: 1 },
    { n: 2, x: 2 },
  ],
};

function refusesProjection(name: string, projection: object, code: number): Case {
  const act = (stage: Stage): Promise<unknown> => findAll(stage, {}, { projection });
  return { name, given: [post], act, refused: { code } };
}

const projections: Case[] = [
  projects('inclusion keeps _id', post, { title: 1 }, { _id: 1, title: 't' }),
  projects('inclusion without _id', post, { title: true, _id: 0 }, { title: 't' }),
  projects('exclusion', post, { by: 0, tags: 0, comments: 0 }, { _id: 1, title: 't' }),
  projects('_id alone is excluded', { _id: 1, a: 1 }, { _id: 0 }, { a: 1 }),
  projects('_id alone is included', { _id: 1, a: 1 }, { _id: 1 }, { _id: 1 }),
  projects('a dotted path', post, { 'by.name': 1, _id: 0 }, { by: { name: 'ada' } }),
  projects('a nested document', post, { by: { name: 1 }, _id: 0 }, { by: { name: 'ada' } }),
  projects('a dotted path through an array', post, { 'comments.n': 1, _id: 0 }, { comments: [{ n: 1 }, { n: 2 }] }),
  projects(
    'a dotted exclusion through an array',
    post,
    { 'comments.n': 0, by: 0, tags: 0, title: 0 },
    { _id: 1, comments: [{ x: 1 }, { x: 2 }] },
  ),
  projects('a path that is not there', post, { 'title.x': 1, _id: 0 }, {}),
  projects(
    '$slice from the front keeps the rest',
    post,
    { tags: { $slice: 2 }, comments: 0, by: 0 },
    { _id: 1, title: 't', tags: ['a', 'b'] },
  ),
  projects('$slice from the end', post, { tags: { $slice: -1 }, title: 1 }, { _id: 1, title: 't', tags: ['d'] }),
  projects(
    '$slice from the middle',
    post,
    { tags: { $slice: [1, 2] }, title: 1 },
    { _id: 1, title: 't', tags: ['b', 'c'] },
  ),
  projects(
    '$elemMatch keeps the first that fits',
    post,
    { comments: { $elemMatch: { x: { $gt: 1 } } } },
    { _id: 1, comments: [{ n: 2, x: 2 }] },
  ),
  projects('$elemMatch that nothing fits', post, { comments: { $elemMatch: { x: 9 } } }, { _id: 1 }),
  projects('an expression', post, { _id: 0, who: '$by.name', n: { $size: '$tags' } }, { who: 'ada', n: 4 }),
  projects('a literal', post, { _id: 0, a: { $literal: 1 } }, { a: 1 }),
  {
    name: 'the positional operator keeps the item that the query found',
    given: [post],
    act: (stage) => findAll(stage, { 'comments.n': 2 }, { projection: { 'comments.$': 1 } }),
    gives: [{ _id: 1, comments: [{ n: 2, x: 2 }] }],
  },
  {
    name: 'the positional operator with $elemMatch',
    given: [post],
    act: (stage) => findAll(stage, { comments: { $elemMatch: { x: 2 } } }, { projection: { _id: 0, 'comments.$': 1 } }),
    gives: [{ comments: [{ n: 2, x: 2 }] }],
  },
  refusesProjection('exclusion in an inclusion', { title: 1, by: 0 }, 31_254),
  refusesProjection('inclusion in an exclusion', { title: 0, by: 1 }, 31_253),
  refusesProjection('paths that collide', { by: 1, 'by.name': 1 }, 31_249),
  refusesProjection('an unknown operator', { title: { $teleport: 1 } }, 31_325),
];

const sorted = (name: string, given: Loose[], sort: Record<string, 1 | -1>, ids: unknown[]): Case => ({
  name,
  given,
  act: async (stage) => (await findAll(stage, {}, { sort })).map(({ _id }) => _id as unknown),
  gives: ids,
});

const everyType: Loose[] = [
  { _id: 'max', v: new MaxKey() },
  { _id: 'pattern', v: /a/ },
  { _id: 'date', v: new Date(0) },
  { _id: 'boolean', v: false },
  { _id: 'id', v: new ObjectId() },
  { _id: 'binary', v: new Binary(Buffer.from('a')) },
  { _id: 'object', v: { a: 1 } },
  { _id: 'text', v: 'a' },
  { _id: 'number', v: 1 },
  { _id: 'null', v: null },
  { _id: 'min', v: new MinKey() },
];

const sorting: Case[] = [
  sorted('types have an order', everyType, { v: 1 }, [
    'min',
    'null',
    'number',
    'text',
    'object',
    'binary',
    'id',
    'boolean',
    'date',
    'pattern',
    'max',
  ]),
  sorted(
    'numbers of all types together',
    docs({ v: 3 }, { v: Long.fromNumber(2) }, { v: 2.5 }, { v: Decimal128.fromString('2.7') }, { v: NaN }),
    { v: 1 },
    [5, 2, 3, 4, 1],
  ),
  sorted('missing is null', docs({ v: 1 }, {}, { v: null }), { v: 1, _id: 1 }, [2, 3, 1]),
  sorted('arrays by their least item, ascending', docs({ v: [5, 2] }, { v: 3 }, { v: [9, 1] }), { v: 1 }, [3, 1, 2]),
  sorted(
    'arrays by their greatest item, descending',
    docs({ v: [5, 2] }, { v: 7 }, { v: [9, 1] }),
    { v: -1 },
    [3, 2, 1],
  ),
  sorted('an empty array is below null', docs({ v: null }, { v: [] }, { v: 0 }), { v: 1 }, [2, 1, 3]),
  sorted('several keys', docs({ a: 1, b: 1 }, { a: 0, b: 1 }, { a: 1, b: 2 }), { a: -1, b: -1 }, [3, 1, 2]),
  sorted('a dotted key', docs({ a: { b: 2 } }, { a: { b: 1 } }), { 'a.b': 1 }, [2, 1]),
  sorted('a dotted key through an array', docs({ a: [{ b: 2 }, { b: 9 }] }, { a: [{ b: 1 }] }), { 'a.b': 1 }, [2, 1]),
  sorted(
    'texts by code points',
    docs({ v: 'b' }, { v: 'B' }, { v: 'ä' }, { v: '\u{1F600}' }, { v: '\uFFFD' }),
    { v: 1 },
    [2, 1, 3, 5, 4],
  ),
];

export const reading: Record<string, Case[]> = { projections, sorting };
