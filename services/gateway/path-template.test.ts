import fastify, { type FastifyInstance } from 'fastify';
import { parsePathTemplate } from './path-template';

test.each([
  ['/v1/users', '/v1/users', []],
  ['/v1/users/{user_id}', '/v1/users/:user_id', ['user_id']],
  ['/v1/users/{user_id=*}', '/v1/users/:user_id', ['user_id']],
  ['/v1/users:batchGet', '/v1/users::batchGet', []],
  ['/v1/rag/{rag_code}/search:stream', '/v1/rag/:rag_code/search::stream', ['rag_code']],
  ['/v1/{a}/b-c.d~e/{f}', '/v1/:a/b-c.d~e/:f', ['a', 'f']],
  ['/v1/users/{user_id}:suspend', '/v1/users/:user_id([^/:]+)::suspend', ['user_id']],
])('%s is the route %s', (template, url, fields) => {
  expect(parsePathTemplate(template)).toEqual({ url, fields });
});

test.each([
  ['segments without a number', '/v1/{name=shelves/*}'],
  ['all the rest', '/v1/{name=**}'],
  ['a nested field', '/v1/{user.id}'],
  ['a star', '/v1/*'],
  ['two fields in a segment', '/v1/{a}{b}'],
  ['a field with more around it', '/v1/x{a}'],
  ['a field that is not closed', '/v1/{a'],
  ['an empty segment', '/v1//users'],
  ['a slash at the end', '/v1/users/'],
  ['nothing', '/'],
  ['escapes', '/v1/%20'],
  ['no slash before a literal', 'v1/users'],
  ['no slash before fields', 'users/{user_id}'],
  ['no slash at all', 'users'],
])('refuses %s and says what can be written', (_, template) => {
  expect(() => parsePathTemplate(template)).toThrow(
    `the path "${template}" cannot be routed: write literal segments and {field}, and a :verb at the end`,
  );
});

describe('a router', () => {
  let app: FastifyInstance;

  beforeAll(async () => {
    app = fastify();
    const templates = [
      '/v1/users',
      '/v1/users/{user_id}',
      '/v1/users/{user_id}:suspend',
      '/v1/users/{user_id}/roles/{role}',
      '/v1/users:batchGet',
      '/v1/rag/{rag_code}/search',
      '/v1/rag/{rag_code}/search:stream',
    ];
    for (const template of templates)
      app.get(parsePathTemplate(template).url, async ({ params }) => ({ template, params }));
    await app.ready();
  });

  afterAll(() => app.close());

  test.each([
    ['/v1/users', '/v1/users', {}],
    ['/v1/users/u-1', '/v1/users/{user_id}', { user_id: 'u-1' }],
    ['/v1/users/u-1:suspend', '/v1/users/{user_id}:suspend', { user_id: 'u-1' }],
    ['/v1/users/u:1', '/v1/users/{user_id}', { user_id: 'u:1' }],
    ['/v1/users/a%2Fb%20c', '/v1/users/{user_id}', { user_id: 'a/b c' }],
    ['/v1/users/%E4%BD%A0', '/v1/users/{user_id}', { user_id: '你' }],
    ['/v1/users/u-1/roles/r.2', '/v1/users/{user_id}/roles/{role}', { user_id: 'u-1', role: 'r.2' }],
    ['/v1/users:batchGet', '/v1/users:batchGet', {}],
    ['/v1/rag/docs/search', '/v1/rag/{rag_code}/search', { rag_code: 'docs' }],
    ['/v1/rag/docs/search:stream', '/v1/rag/{rag_code}/search:stream', { rag_code: 'docs' }],
  ])('takes %s to %s', async (url, template, params) => {
    expect((await app.inject(url)).json()).toEqual({ template, params });
  });

  test.each(['/v1/users:batchget', '/v1/users:batch', '/v1/usersXbatchGet', '/v1/rag/docs/search:', '/v2/users'])(
    'takes %s nowhere',
    async (url) => {
      expect((await app.inject(url)).statusCode).toBe(404);
    },
  );
});
