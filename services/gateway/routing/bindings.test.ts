import { create, type DescMethod, setExtension } from '@bufbuild/protobuf';
import { MethodOptionsSchema } from '@bufbuild/protobuf/wkt';
import { http } from '../../../proto/gen/google/api/annotations_pb';
import { type HttpRule, HttpRuleSchema } from '../../../proto/gen/google/api/http_pb';
import { UserInfoService } from '../../../proto/gen/weft/user/v1/user_info_pb';
import type { Calls } from '../../kit/declaration';
import { userInfo } from '../../user-info/service';
import { bindingsOf, describeFaults } from './bindings';
import { gateway } from '../service';

describe('what the gateway calls', () => {
  const bindings = bindingsOf(gateway.calls);
  const rows = bindings.map((binding) => [
    `${binding.verb} ${binding.template.text}`,
    `${binding.callee}.${binding.method.localName}`,
    binding.body,
    binding.kind,
  ]);

  test('has these routes', () => {
    expect(rows).toEqual([
      ['GET /v1/greetings/{name}', 'greeter.sayHello', undefined, 'unary'],
      ['POST /v1/payments', 'payments.charge', '*', 'unary'],
      ['GET /v1/payments/{payment_id}', 'payments.getPayment', undefined, 'unary'],
      ['GET /v1/rag/{rag_code}/search', 'rag.search', undefined, 'unary'],
      ['POST /v1/rag/{rag_code}/search', 'rag.search', '*', 'unary'],
      ['GET /v1/rag/{rag_code}/search:stream', 'rag.streamSearch', undefined, 'server_streaming'],
      ['GET /v1/chunks/{rag_chunk_code}', 'rag.getChunk', undefined, 'unary'],
      ['GET /v1/chunks:batchGet', 'rag.getChunksBatch', undefined, 'unary'],
      ['POST /v1/chunks:batchGet', 'rag.getChunksBatch', '*', 'unary'],
      ['POST /v1/rag/{rag_code}/documents', 'rag.ingest', 'document', 'client_streaming'],
      ['GET /v1/users/{user_id}', 'users.getUserInfo', undefined, 'unary'],
      ['GET /v1/users:batchGet', 'users.getUserInfoBatch', undefined, 'unary'],
      ['POST /v1/users:batchGet', 'users.getUserInfoBatch', '*', 'unary'],
      ['PATCH /v1/users/{user_id}', 'users.updateUserInfo', '*', 'unary'],
      ['GET /v1/users:search', 'users.searchUsers', undefined, 'unary'],
      ['GET /v1/users:stream', 'users.streamUsers', undefined, 'server_streaming'],
      ['GET /v1/users', 'users.listUsers', undefined, 'server_streaming'],
      ['POST /v1/users', 'users.createUser', '*', 'unary'],
    ]);
  });

  test('knows the fields that a path sets', () => {
    const fields = bindings.filter(({ pathFields }) => pathFields.length > 0).flatMap(({ pathFields }) => pathFields);
    expect(new Set(fields)).toEqual(new Set(['name', 'payment_id', 'rag_code', 'rag_chunk_code', 'user_id']));
  });
});

/** Calls of one method that has this rule. */
function callsWith(rule: HttpRule, methodKind: DescMethod['methodKind'] = 'unary'): Calls {
  const options = create(MethodOptionsSchema);
  setExtension(options, http, rule);
  const { getUserInfo } = UserInfoService.method;
  const method = { ...getUserInfo, proto: { ...getUserInfo.proto, options }, methodKind } as DescMethod;
  return { test: { service: gateway, methods: [{ method, timeoutMs: undefined }] } };
}

const get = (value: string): HttpRule => create(HttpRuleSchema, { pattern: { case: 'get', value } });
const post = (value: string): HttpRule => create(HttpRuleSchema, { pattern: { case: 'post', value } });

test.each<[string, Calls]>([
  ['has no google.api.http', { users: userInfo.only('getUser') }],
  ['streams both ways', callsWith({ ...post('/v1/x'), body: '*' }, 'bidi_streaming')],
])('a method that %s has no route', (_, calls) => {
  expect(bindingsOf(calls)).toEqual([]);
});

test.each<['get' | 'put' | 'post' | 'delete' | 'patch', string]>([
  ['get', 'GET'],
  ['put', 'PUT'],
  ['post', 'POST'],
  ['delete', 'DELETE'],
  ['patch', 'PATCH'],
])('a rule with %s is a route for %s', (key, verb) => {
  expect(bindingsOf(callsWith(create(HttpRuleSchema, { pattern: { case: key, value: '/v1/x' } })))).toMatchObject([
    { verb, template: { text: '/v1/x' }, callee: 'test' },
  ]);
});

test.each<[string, HttpRule[] | undefined, string[]]>([
  ['none', undefined, ['/v1/x']],
  ['one', [{ ...post('/v1/y'), body: '*' }], ['/v1/x', '/v1/y']],
  ['several', [{ ...post('/v1/y'), body: '*' }, get('/v1/z')], ['/v1/x', '/v1/y', '/v1/z']],
])('additional bindings: %s', (_, additional, urls) => {
  const rule: HttpRule = { ...get('/v1/x'), ...(additional ? { additionalBindings: additional } : {}) };
  const bindings = bindingsOf(callsWith(rule));
  expect(bindings.map(({ template }) => template.text)).toEqual(urls);
  expect(bindings.map(({ body }) => body)).toEqual([undefined, '*', undefined].slice(0, urls.length));
});

test.each([
  ['', undefined],
  ['*', '*'],
  ['include_roles', 'include_roles'],
])('the body %j is %j', (body, expected) => {
  expect(bindingsOf(callsWith({ ...post('/v1/x'), body }))[0]?.body).toBe(expected);
});

test.each(['/v1/{user_id=*}:x', '/v1/{user_id=users/*}/x', '/v1/{user_id=**}'])('the path %s sets the user', (path) => {
  expect(bindingsOf(callsWith(get(path)))).toMatchObject([{ template: { text: path }, pathFields: ['user_id'] }]);
});

test('a reply may be one of its fields', () => {
  const [binding] = bindingsOf(callsWith({ ...get('/v1/x'), responseBody: 'user' }));
  expect(binding?.responseBody?.name).toBe('user');
});

test.each<[HttpRule, string]>([
  [create(HttpRuleSchema), 'write one of get, put, post, delete, patch or custom'],
  [{ ...get('/v1/x'), responseBody: 'users' }, 'response_body is users, but weft.user.v1.GetUserInfoResponse has no'],
  [get('/v1/{name=**}'), 'the path sets name, but weft.user.v1.GetUserInfoRequest has no field name'],
  [{ ...get('/v1/x'), additionalBindings: [post('v1/y')] }, 'the path "v1/y" cannot be routed'],
])('the rule %j has no route, and its method is named', (rule, fault) => {
  const [told, ...others] = describeFaults(callsWith(rule));
  expect(others).toEqual([]);
  expect(told).toContain('google.api.http of weft.user.v1.UserInfoService.GetUserInfo: ');
  expect(told).toContain(fault);
});

test('a stream of requests needs a body to come in', () => {
  const fault = 'GetUserInfo: post: "/v1/x": a stream of requests needs a body; write body: "*"';
  const calls = callsWith(post('/v1/x'), 'client_streaming');
  expect(describeFaults(calls)).toEqual([expect.stringContaining(fault)]);
  expect(bindingsOf(calls)).toEqual([]);
});

test('a rule with a fault leaves the others their routes', () => {
  const rule = { ...get('/v1/x'), additionalBindings: [post('v1/y'), get('/v1/z')] };
  expect(bindingsOf(callsWith(rule)).map(({ template }) => template.text)).toEqual(['/v1/x', '/v1/z']);
});
