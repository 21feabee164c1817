import { BSONRegExp, type Document, Double, Long, ObjectId } from 'bson';
import { MongoClient } from 'mongodb';
import { MongoError } from '../errors';
import { createKeyIndex, type KeyIndex } from './key-index';
import { type MongoServer, startMongoServer } from '../wire/server';

function indexOver(fields: string[], documents: Document[], unique = false): KeyIndex {
  const key = Object.fromEntries(fields.map((field) => [field, 1]));
  const index = createKeyIndex({ name: `${fields.join('_')}_1`, key, unique });
  documents.forEach(index.add);
  return index;
}

const idsOf = (documents: Document[] | undefined): unknown[] | undefined =>
  documents?.map(({ _id }: Document) => _id as unknown);

describe('candidates', () => {
  const people = [
    { _id: 1, name: 'ada', city: 'Paris', address: { zip: '1' } },
    { _id: 2, name: 'bela', city: 'Paris', address: { zip: '2' } },
    { _id: 3, name: 'ada', city: 'Rome' },
  ];

  test.each<[string, string[], Document, number[]]>([
    ['an equality', ['name'], { name: 'ada' }, [1, 3]],
    ['$eq', ['name'], { name: { $eq: 'bela' } }, [2]],
    ['$in', ['name'], { name: { $in: ['bela', 'ada', 'ada'] } }, [2, 1, 3]],
    ['an empty $in', ['name'], { name: { $in: [] } }, []],
    ['a value that is nowhere', ['name'], { name: 'chen' }, []],
    ['a dotted path', ['address.zip'], { 'address.zip': '2' }, [2]],
    ['all fields of the key', ['name', 'city'], { city: 'Rome', name: 'ada' }, [3]],
    ['the first part of the key', ['name', 'city'], { name: 'ada' }, [1, 3]],
    ['the first part, and a comparison', ['name', 'city'], { name: 'ada', city: { $gt: 'Q' } }, [1, 3]],
    ['a combination of $in', ['name', 'city'], { name: { $in: ['ada', 'bela'] }, city: { $in: ['Paris'] } }, [1, 2]],
    ['a key and other conditions', ['name'], { name: 'ada', city: { $gt: 'Q' } }, [1, 3]],
  ])('are found by %s', (_, fields, filter, ids) => {
    expect(idsOf(indexOver(fields, people).candidates(filter))).toEqual(ids);
  });

  test.each<[string, string[], Document]>([
    ['a condition on another field', ['name'], { city: 'Paris' }],
    ['a later part of the key', ['name', 'city'], { city: 'Paris' }],
    ['a comparison', ['name'], { name: { $gt: 'a' } }],
    ['an equality with a further condition', ['name'], { name: { $in: ['ada'], $ne: 'ada' } }],
    ['a pattern', ['name'], { name: new BSONRegExp('a') }],
    ['a whole document', ['address'], { address: { zip: '1' } }],
    ['null, which a missing field is too', ['address'], { address: null }],
    ['a pattern among the values of $in', ['name'], { name: { $in: ['ada', new BSONRegExp('b')] } }],
    ['no condition', ['name'], {}],
  ])('cannot be told from %s', (_, fields, filter) => {
    expect(indexOver(fields, people).candidates(filter)).toBeUndefined();
  });

  test.each<[string, Document]>([
    ['at the end of the path', { _id: 4, address: { zip: ['1', '9'] } }],
    ['on the way', { _id: 4, address: [{ zip: '1' }, { zip: '9' }] }],
  ])('are found by each item of an array %s', (_, document) => {
    const index = indexOver(['address.zip'], people);
    index.add(document);
    expect(idsOf(index.candidates({ 'address.zip': '9' }))).toEqual([4]);
    expect(idsOf(index.candidates({ 'address.zip': '1' }))).toEqual([1, 4]);
    index.remove(document);
    expect(idsOf(index.candidates({ 'address.zip': '1' }))).toEqual([1]);
  });

  test('do not include what was removed', () => {
    const index = indexOver(['name'], people);
    index.remove(people[0] as Document);
    expect(idsOf(index.candidates({ name: 'ada' }))).toEqual([3]);
  });

  const id = new ObjectId();

  test.each<[string, unknown, unknown, boolean]>([
    ['an int and a long', 1, Long.fromNumber(1), true],
    ['an int and a double', 1, new Double(1), true],
    ['two ObjectIds of the same bytes', id, new ObjectId(id.toHexString()), true],
    ['an ObjectId and its text', id, id.toHexString(), false],
    ['a number and its text', 1, '1', false],
    ['true and 1', true, 1, false],
  ])('take %s for what MongoDB takes them for', (_, stored, asked, equal) => {
    expect(indexOver(['value'], [{ value: stored }]).candidates({ value: asked })).toHaveLength(equal ? 1 : 0);
  });
});

describe('a unique index', () => {
  const refusal = (index: KeyIndex, document: Document, except?: Document): MongoError | undefined => {
    try {
      index.refuseDuplicate(document, except, 'test.users');
      return undefined;
    } catch (error) {
      return error as MongoError;
    }
  };

  test.each<[string, string[], Document, Document]>([
    ['the same value', ['email'], { email: 'a' }, { email: 'a' }],
    ['a field that is missing twice', ['email'], {}, { n: 1 }],
    ['a field that is missing, and null', ['email'], {}, { email: null }],
    ['an item that two arrays have', ['tags'], { tags: ['a', 'b'] }, { tags: ['b', 'c'] }],
    [
      'the same of one item of an array',
      ['tags.k', 'tags.v'],
      { tags: [{ k: 1, v: 2 }] },
      { tags: [{ k: 3 }, { k: 1, v: 2 }] },
    ],
    ['the same in all fields', ['first', 'last'], { first: 'a', last: 'b' }, { last: 'b', first: 'a' }],
  ])('refuses %s', (_, fields, stored, document) => {
    expect(refusal(indexOver(fields, [stored], true), document)).toBeInstanceOf(MongoError);
  });

  test.each<[string, string[], Document, Document]>([
    ['another value', ['email'], { email: 'a' }, { email: 'b' }],
    ['the same in one of two fields', ['first', 'last'], { first: 'a', last: 'b' }, { first: 'a', last: 'c' }],
    ['an array with the same item twice', ['tags'], { tags: ['b'] }, { tags: ['a', 'a'] }],
    [
      'the same of two items of an array',
      ['tags.k', 'tags.v'],
      { tags: [{ k: 1, v: 2 }] },
      { tags: [{ k: 1 }, { v: 2 }] },
    ],
    ['other items of an array on the way', ['tags.name'], { tags: [{ name: 'a' }] }, { tags: [{ name: 'b' }] }],
  ])('lets through %s', (_, fields, stored, document) => {
    expect(refusal(indexOver(fields, [stored], true), document)).toBeUndefined();
  });

  test('says which index, and which key', () => {
    const error = refusal(indexOver(['email'], [{ email: 'a@b.c' }], true), { email: 'a@b.c' });
    expect(error).toMatchObject({
      code: 11_000,
      message: 'E11000 duplicate key error collection: test.users index: email_1 dup key: { email: "a@b.c" }',
      details: { keyPattern: { email: 1 }, keyValue: { email: 'a@b.c' } },
    });
  });

  test('does not hold against the document that is replaced', () => {
    const before = { email: 'a' };
    expect(refusal(indexOver(['email'], [before], true), { email: 'a', n: 2 }, before)).toBeUndefined();
  });

  test('two arrays in one key are refused, as they would be all with all', () => {
    const error = refusal(indexOver(['a', 'b'], [], true), { a: [1], b: [2] });
    expect(error).toMatchObject({ code: 171 });
  });

  test('an index that is not unique refuses nothing', () => {
    expect(refusal(indexOver(['email'], [{ email: 'a' }]), { email: 'a' })).toBeUndefined();
  });
});

describe('on a server', () => {
  let server: MongoServer;
  let client: MongoClient;

  beforeAll(async () => {
    server = await startMongoServer({ host: '127.0.0.1', port: 0 });
    client = new MongoClient(`mongodb://127.0.0.1:${server.port}`);
  });

  afterAll(async () => {
    await client.close();
    await server.close();
  });

  test('an index changes how documents are found, never which', async () => {
    const orders = client.db('test').collection('orders');
    await orders.insertMany([
      { n: 1, items: [{ code: 'a' }, { code: 'b' }] },
      { n: 2, items: { code: 'a' } },
      { n: 3 },
    ]);
    const filters = [{ 'items.code': 'a' }, { 'items.code': { $in: ['b', 'c'] } }, { 'items.code': null }];
    const findAll = () => Promise.all(filters.map((filter) => orders.find(filter).sort({ n: 1 }).toArray()));
    const before = await findAll();
    await orders.createIndexes([{ key: { 'items.code': 1 } }]);
    expect(await findAll()).toEqual(before);
    expect(before.map((found) => found.map(({ n }) => n as number))).toEqual([[1, 2], [1], [3]]);
  });
});
