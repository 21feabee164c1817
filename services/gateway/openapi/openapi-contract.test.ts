import { join } from 'node:path';
import { type DescMethod, fromJson, type JsonValue } from '@bufbuild/protobuf';
import { describedContract } from '../testing/described-contract';
import { validateOpenApi } from '../testing/openapi-validator';
import { createOpenApi } from './openapi';
import type { DescribedRoute } from './openapi-parameters';

const { contract, comments } = describedContract(join(__dirname, '../testing/shop.proto'), 'shop.v1.Shop');

const method = (name: string): DescMethod => contract.method[name] as DescMethod;

function route(verb: string, path: string, name: string, body?: string, reply?: string): DescribedRoute {
  const called = method(name);
  const kind = called.methodKind as DescribedRoute['kind'];
  const responseBody = called.output.fields.find((field) => field.name === reply);
  return { verb, template: { text: path }, body, method: called, kind, responseBody };
}

interface Schema {
  [word: string]: unknown;
  properties?: Record<string, Schema>;
}

interface Document {
  tags: unknown[];
  paths: Record<string, Record<string, Record<string, unknown>>>;
  components: { schemas: Record<string, Schema> };
}

const document = createOpenApi(
  [
    route('POST', '/v1/orders', 'order', '*'),
    route('POST', '/v1/orders:once', 'orderOnce', '*'),
    route('GET', '/v1/{name=shelves/*/things/*}', 'listOrders', undefined, 'others'),
    route('GET', '/v1/{before.name=shelves/*}', 'listOrders', undefined, 'wish'),
    route('PUT', '/v1/pictures/{name}', 'sendPicture', 'picture'),
    route('POST', '/v1/stock', 'stock', '*'),
    route('PURGE', '/v1/all', 'order', '*'),
    route('*', '/v1/orders', 'order', '*'),
  ],
  comments,
) as unknown as Document;

const { paths } = document;
const { schemas } = document.components;
const wish = schemas['shop.v1.Wish'] as Schema;
const reference = (name: string) => ({ $ref: `#/components/schemas/shop.v1.${name}` });

function parameters(path: string, place: string): Record<string, Schema> {
  const all = paths[path]?.['get']?.['parameters'] as Schema[];
  return Object.fromEntries(all.filter((each) => each['in'] === place).map((each) => [String(each['name']), each]));
}

test('is OpenAPI 3.1', async () => {
  expect(await validateOpenApi(document)).toEqual({ valid: true });
});

test('a service is a tag with its comment', () => {
  expect(document.tags).toEqual([{ name: 'shop.v1.Shop', description: 'Shop sells things.\n\nIt is never closed.' }]);
});

test('the first sentence of a method is the summary, and the rest the description', () => {
  expect(paths['/v1/orders']?.['post']).toMatchObject({
    summary: 'Order buys things, e.g. books',
    description: 'NOT_FOUND where there\nare none.\n\n- Prices include taxes.',
  });
  expect(paths['/v1/orders:once']?.['post']).toMatchObject({ summary: 'OrderOnce is older', deprecated: true });
  expect(paths['/v1/orders']?.['post']).not.toHaveProperty('deprecated');
});

test('a method without a comment has its name in words', () => {
  const get = paths['/v1/shelves/{before.name}']?.['get'];
  expect(get).toMatchObject({ summary: 'List orders' });
  expect(get).not.toHaveProperty('description');
});

describe('a message', () => {
  test('has its comment, with what excludes what', () => {
    expect(wish['description']).toBe(
      'Wish is what somebody wants.\n\nExactly one of `cash`, `card` can be set. How to pay.',
    );
  });

  test.each<[string, Schema]>([
    ['name', { type: 'string', description: 'The name of the thing.', minLength: 1, examples: ['book', 'pen'] }],
    ['number', { type: 'string', format: 'int64', pattern: '^-?\\d{1,19}$', deprecated: true }],
    ['note', { type: ['string', 'null'] }],
    ['parts', { type: 'object', propertyNames: { pattern: '^-?\\d+$' }, additionalProperties: reference('Wish') }],
    ['labels', { type: 'object', additionalProperties: { type: 'string' } }],
    ['state', { ...reference('State'), not: { enum: ['STATE_UNSPECIFIED'] } }],
    ['more', { type: 'object', properties: { '@type': { type: 'string' } } }],
    ['free', {}],
    ['mask', { type: 'string' }],
    ['before', reference('Wish')],
    ['id', { type: 'string', readOnly: true }],
    ['password', { type: 'string', writeOnly: true }],
    ['seal', { type: 'string', contentEncoding: 'base64' }],
  ])('has %s', (name, schema) => {
    expect(wish.properties?.[name]).toEqual(schema);
  });

  test('says which fields have to be there', () => {
    expect(wish['required']).toEqual(['name', 'state', 'owner']);
  });
});

test('an enum has what its values mean', () => {
  expect(schemas['shop.v1.State']).toEqual({
    type: 'string',
    description: 'Where an order is.\n\n- `STATE_SENT`: On its way,\n  by mail.\n- `STATE_LOST`: Deprecated.',
    enum: ['STATE_UNSPECIFIED', 'STATE_SENT', 'STATE_LOST'],
  });
});

describe('a path', () => {
  test('has a parameter for each wildcard of a pattern', () => {
    expect(parameters('/v1/shelves/{name_1}/things/{name_2}', 'path')).toEqual({
      name_1: expect.objectContaining({ required: true, schema: { type: 'string' } }) as unknown,
      name_2: expect.objectContaining({
        description: expect.stringContaining('`shelves/*/things/*`') as unknown,
      }) as unknown,
    });
  });

  test('may set a field of a message, which is not in the query then', () => {
    expect(Object.keys(parameters('/v1/shelves/{before.name}', 'path'))).toEqual(['before.name']);
    const query = Object.keys(parameters('/v1/shelves/{before.name}', 'query'));
    expect(query).not.toContain('before.name');
    expect(query).toEqual(expect.arrayContaining(['name', 'before.number']));
  });
});

describe('a query', () => {
  const query = parameters('/v1/shelves/{before.name}', 'query');

  test('has the examples, comments and deprecation of fields', () => {
    expect(query['name']).toMatchObject({ required: true, description: 'The name of the thing.', example: 'book' });
    expect(query['number']).toMatchObject({ deprecated: true });
    expect(query['note']).not.toHaveProperty('example');
  });

  test('needs no field of a message that may be missing', () => {
    expect(query['before.owner']).not.toHaveProperty('required');
  });

  test('has well-known types that are texts, and nothing that does not fit', () => {
    expect(Object.keys(query)).toEqual(expect.arrayContaining(['note', 'mask', 'at', 'state', 'labels']));
    for (const name of ['more', 'free', 'parts', 'alternatives', 'before']) expect(query).not.toHaveProperty([name]);
  });
});

describe('a body', () => {
  const content = (path: string, verb: string): Record<string, { example?: unknown; schema: unknown }> =>
    (paths[path]?.[verb]?.['requestBody'] as { content: Record<string, { schema: unknown }> }).content;

  test('has a sample that a server can read: one field of a oneof, and nothing that only it sets', () => {
    const example = content('/v1/orders', 'post')['application/json']?.example as Record<string, unknown>;
    expect(() => fromJson(method('order').input, example as JsonValue)).not.toThrow();
    expect(example).toMatchObject({
      name: 'book',
      number: '0',
      cash: 0,
      state: 'STATE_SENT',
      at: '1970-01-01T00:00:00Z',
    });
    expect(example).not.toHaveProperty('card');
    expect(example).not.toHaveProperty('id');
    expect(example).toMatchObject({ before: {}, alternatives: [], parts: {} });
  });

  test('of a stream has one for a line', () => {
    const { 'application/x-ndjson': lines } = content('/v1/stock', 'post');
    expect(lines?.example).toMatchObject({ name: 'book', cash: 0 });
  });

  test('that is google.api.HttpBody is bytes of any type, and so is a reply', () => {
    const binary = { type: 'string', format: 'binary' };
    expect(content('/v1/pictures/{name}', 'put')).toEqual({ 'application/octet-stream': { schema: binary } });
    expect(paths['/v1/pictures/{name}']?.['put']?.['responses']).toMatchObject({
      200: { content: { '*/*': { schema: binary } } },
      default: { $ref: '#/components/responses/Problem' },
    });
  });
});

test.each([
  ['/v1/shelves/{before.name}', reference('Wish')],
  ['/v1/shelves/{name_1}/things/{name_2}', { type: 'array', items: reference('Wish') }],
])('the reply of %s is the field that the contract names', (path, schema) => {
  expect(paths[path]?.['get']?.['responses']).toMatchObject({ 200: { content: { 'application/json': { schema } } } });
});

test('a route for every verb is described for those of OpenAPI, but for one that has a route of its own', () => {
  expect(Object.keys(paths['/v1/orders'] ?? {}).sort()).toEqual(['delete', 'get', 'patch', 'post', 'put']);
  expect(paths['/v1/orders']?.['post']).toMatchObject({ operationId: 'Shop_order' });
  expect(Object.keys(paths['/v1/all'] ?? {})).toEqual(['x-purge']);
});
