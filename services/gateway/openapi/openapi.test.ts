import { comments } from '../../../proto/gen/comments';
import { bindingsOf } from '../routing/bindings';
import { validateOpenApi } from '../testing/openapi-validator';
import { createOpenApi } from './openapi';
import { gateway } from '../service';

/** A text of which something can be seen. */
const NOT_BLANK = '[^\\s\\p{Z}]';

interface Schema {
  type?: string;
  required?: string[];
  properties?: Record<string, Schema>;
  [word: string]: unknown;
}

interface Parameter {
  name?: string;
  in?: string;
  description?: unknown;
  required?: boolean;
  schema?: Schema;
}

interface Operation {
  operationId: string;
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  [word: string]: unknown;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const document = createOpenApi(bindingsOf(gateway.calls), comments) as unknown as Document;
const { schemas } = document.components;

const operation = (verb: string, path: string): Operation => document.paths[path]?.[verb] as Operation;

test('the document is one of OpenAPI 3.1', async () => {
  expect(await validateOpenApi(document)).toEqual({ valid: true });
});

test('and the validator would say if it were not', async () => {
  expect(await validateOpenApi({ ...document, paths: { '/x': { get: { responses: 7 } } } })).toMatchObject({
    valid: false,
  });
});

test('every route is in it, and every reference leads somewhere', () => {
  const routes = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
  );
  expect(routes.sort()).toEqual(
    bindingsOf(gateway.calls)
      .map(({ verb, template }) => `${verb} ${template.text}`)
      .sort(),
  );
  const text = JSON.stringify(document);
  for (const [, kind = '', name = ''] of text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g))
    expect(document.components).toHaveProperty([kind, name]);
});

test('operations have ids of their own', () => {
  const ids = Object.values(document.paths).flatMap((verbs) => Object.values(verbs).map((each) => each.operationId));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['RagSearchService_search', 'RagSearchService_search_2']));
});

describe('parameters', () => {
  const search = operation('get', '/v1/rag/{rag_code}/search').parameters;

  test.each<[string, Parameter]>([
    ['rag_code', { in: 'path', required: true, schema: { type: 'string', pattern: NOT_BLANK, maxLength: 100 } }],
    ['query', { in: 'query', required: true, schema: { type: 'string', pattern: NOT_BLANK, maxLength: 1000 } }],
    [
      'limit',
      {
        in: 'query',
        description: 'At most 100; 0 means 10.',
        schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 100 },
      },
    ],
    [
      'min_score',
      { in: 'query', description: expect.stringContaining('BM25'), schema: { type: 'number', format: 'double' } },
    ],
  ])('%s', (name, expected) => {
    const found = search.find((each) => each.name === name);
    expect(found).toEqual({ name, ...expected });
  });

  test('entries of a map are parameters with their key behind the name', () => {
    expect(search.find((each) => each.name === 'filters')).toMatchObject({
      in: 'query',
      style: 'form',
      explode: true,
      schema: { type: 'object', propertyNames: { pattern: '^filters\\..' }, additionalProperties: { type: 'string' } },
    });
  });

  test('a list has bounds', () => {
    const [codes] = operation('get', '/v1/chunks:batchGet').parameters;
    const schema = { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 500 };
    expect(codes).toEqual({
      name: 'rag_chunk_codes',
      in: 'query',
      required: true,
      description: 'At most 500.',
      schema,
    });
  });

  test('beside a body there are none', () => {
    const { parameters } = operation('post', '/v1/rag/{rag_code}/search');
    expect(parameters.filter((each) => each.in === 'query')).toEqual([]);
  });
});

describe('bodies', () => {
  test('are messages', () => {
    expect(operation('post', '/v1/users').requestBody?.content).toEqual({
      'application/json': {
        schema: { $ref: '#/components/schemas/weft.user.v1.CreateUserRequest' },
        example: { username: '', email: '', realName: '' },
      },
    });
    expect(schemas['weft.user.v1.CreateUserRequest']).toMatchObject({
      type: 'object',
      required: ['username', 'email'],
      properties: { email: { type: 'string', format: 'email', maxLength: 254 } },
    });
  });

  test('have not what the path has', () => {
    const schema = operation('patch', '/v1/users/{user_id}').requestBody?.content['application/json']?.schema;
    expect(Object.keys(schema?.properties ?? {})).toContain('email');
    expect(Object.keys(schema?.properties ?? {})).not.toContain('userId');
    expect(schema?.required ?? []).not.toContain('userId');
  });

  test('of uploads are lines', () => {
    expect(operation('post', '/v1/rag/{rag_code}/documents').requestBody?.content).toEqual({
      'application/x-ndjson': {
        schema: { $ref: '#/components/schemas/weft.rag.v1.Document' },
        example: { materialCode: '', content: '', metadata: {} },
      },
    });
  });
});

test.each<[string, string, Record<string, unknown>]>([
  ['weft.rag.v1.IngestResponse', 'bytes', { type: 'string', format: 'int64' }],
  ['weft.user.v1.UserInfo', 'createdAt', { type: 'string', format: 'date-time' }],
  ['weft.user.v1.UserInfo', 'status', { $ref: '#/components/schemas/weft.user.v1.UserStatus' }],
  ['weft.user.v1.UserInfo', 'roles', { type: 'array', items: { type: 'string' } }],
  ['weft.rag.v1.Document', 'metadata', { type: 'object', additionalProperties: { type: 'string' } }],
])('%s.%s is %j', (message, field, expected) => {
  expect(schemas[message]?.properties?.[field]).toMatchObject(expected);
});

test('enums are texts', () => {
  expect(schemas['weft.user.v1.UserStatus']).toMatchObject({
    type: 'string',
    enum: expect.arrayContaining(['USER_STATUS_ACTIVE']) as unknown,
  });
});

test.each([
  ['get', '/v1/users/{user_id}', ['application/json'], 'NO_SIDE_EFFECTS'],
  ['get', '/v1/users:stream', ['text/event-stream', 'application/x-ndjson'], 'NO_SIDE_EFFECTS'],
  ['post', '/v1/rag/{rag_code}/documents', ['application/json'], 'IDEMPOTENT'],
  ['post', '/v1/users', ['application/json'], undefined],
])('%s %s answers with %j, or a problem, and is %s', (verb, path, types, level) => {
  const { responses, 'x-idempotency-level': said } = operation(verb, path);
  expect(Object.keys(responses['200']?.content ?? {})).toEqual(types);
  expect(responses['default']).toEqual({ $ref: '#/components/responses/Problem' });
  expect(said).toBe(level);
});
