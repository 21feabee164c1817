import { serve, type Served } from '../../kit/testing/serve';
import { type StatusCode, StatusError } from '../../kit/errors/status-error';
import { userInfo } from '../../user-info/service';
import { type ServedGateway, serveGateway, usersThat } from '../testing/serve';

const nothing = userInfo.only();

let users: Served<typeof nothing>;
let gateway: ServedGateway;

beforeAll(async () => {
  const handlers = usersThat({
    /** Fails with the status that the id names, and with none when it names none. */
    getUserInfo: ({ userId }) => {
      if (userId === 'broken') throw new Error('the secret of the database');
      throw new StatusError(userId as StatusCode, 'test.failed', { field: 'ü' });
    },
    searchUsers: () => ({ users: [], total: 0 }),
    updateUserInfo: ({ realName }) => ({ user: { realName: String(realName?.length) } }),
  });
  users = await serve(userInfo, handlers, nothing);
  gateway = await serveGateway({ users: users.address });
});

afterAll(async () => {
  await gateway.stop();
  await users.stop();
});

interface Sent {
  method?: string;
  body?: string;
  type?: string;
}

async function problemFrom(path: string, { type = 'application/json', ...init }: Sent = {}): Promise<unknown> {
  const headers = new Headers({ 'x-request-id': 'r-1' });
  if (init.body !== undefined) headers.set('content-type', type);
  const response = await fetch(`${gateway.url}${path}`, { ...init, headers });
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(response.headers.get('x-request-id')).toBe('r-1');
  const problem = (await response.json()) as { status: number };
  expect(problem.status).toBe(response.status);
  return problem;
}

test.each<[StatusCode, number]>([
  ['CANCELLED', 499],
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 504],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 400],
  ['ABORTED', 409],
  ['OUT_OF_RANGE', 400],
  ['UNIMPLEMENTED', 501],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 500],
  ['UNAUTHENTICATED', 401],
])('a call that ends with %s is answered with %i', async (code, status) => {
  const problem = { type: 'about:blank', status, code, requestId: 'r-1' };
  expect(await problemFrom(`/v1/users/${code}`)).toMatchObject(problem);
});

test('what a service says of a failure is its detail, in any script', async () => {
  expect(await problemFrom('/v1/users/NOT_FOUND')).toMatchObject({ detail: 'test.failed (field: ü)' });
});

test('a service that breaks tells nothing of how', async () => {
  const problem = { status: 500, code: 'INTERNAL', detail: 'internal' };
  expect(await problemFrom('/v1/users/broken')).toMatchObject(problem);
});

test('a service that cannot be reached is unavailable, and its address stays here', async () => {
  const problem = await problemFrom('/v1/greetings/Ada');
  expect(problem).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
  expect(JSON.stringify(problem)).not.toContain('127.0.0.1');
});

const keyword = 'keyword=a';

test.each<[string, string, Sent, object]>([
  [
    'a path that there is not',
    '/v1/nothing?a=b',
    {},
    { status: 404, code: 'NOT_FOUND', detail: 'route.not-found (verb: GET, path: /v1/nothing)' },
  ],
  [
    'a verb that there is not',
    '/v1/users/u-1',
    { method: 'DELETE' },
    { status: 405, detail: 'verb.not-allowed (verb: DELETE, path: /v1/users/u-1)' },
  ],
  ['a path that cannot be decoded', '/v1/users/%zz', {}, { status: 400, code: 'INVALID_ARGUMENT' }],
  ['a path that is too long', `/v1/users/${'u'.repeat(1001)}`, {}, { status: 414, code: 'INVALID_ARGUMENT' }],
  [
    'an unknown parameter',
    `/v1/users:search?${keyword}&colour=red`,
    {},
    { status: 400, code: 'INVALID_ARGUMENT', detail: 'request.invalid (colour: is not a parameter of this request)' },
  ],
  [
    'a parameter of another type',
    `/v1/users:search?${keyword}&page=two`,
    {},
    { status: 400, code: 'INVALID_ARGUMENT', detail: expect.stringContaining('page') as string },
  ],
  [
    'a parameter twice',
    `/v1/users:search?${keyword}&${keyword}`,
    {},
    { status: 400, detail: 'request.invalid (keyword: must be given once)' },
  ],
  [
    'a body that is no JSON',
    '/v1/users/u-1',
    { method: 'PATCH', body: '{"phone":' },
    { status: 400, code: 'INVALID_ARGUMENT' },
  ],
  [
    'a body that is not an object',
    '/v1/users/u-1',
    { method: 'PATCH', body: '[]' },
    { status: 400, detail: 'request.invalid (body: must be a JSON object)' },
  ],
  [
    'a body with an unknown field',
    '/v1/users/u-1',
    { method: 'PATCH', body: '{"colour":"red"}' },
    { status: 400, detail: 'request.invalid (colour: is not a field of the request)' },
  ],
  [
    'a body with a field of another type',
    '/v1/users/u-1',
    { method: 'PATCH', body: '{"phone":1}' },
    { status: 400, violations: [{ field: 'phone', description: 'must be a text, not 1' }] },
  ],
  [
    'a body with a value that an enum has not',
    '/v1/users/u-1',
    { method: 'PATCH', body: '{"status":"AWAY"}' },
    { status: 400, detail: expect.stringContaining('status') as string },
  ],
  ['a body that is for the prototype', '/v1/users/u-1', { method: 'PATCH', body: '{"__proto__":{}}' }, { status: 400 }],
  [
    'a body of another type',
    '/v1/users/u-1',
    { method: 'PATCH', body: 'phone=1', type: 'text/csv' },
    { status: 415, code: 'INVALID_ARGUMENT' },
  ],
  [
    'a parameter beside a body',
    '/v1/users/u-1?phone=1',
    { method: 'PATCH', body: '{}' },
    { status: 400, detail: 'request.invalid (phone: is set by the body)' },
  ],
])('%s is a problem', async (_, path, init, problem) => {
  expect(await problemFrom(path, init)).toMatchObject(problem);
});

describe('a body of more than a MiB', () => {
  const bodyOf = (length: number): string => `{"realName":"${'x'.repeat(length - 15)}"}`;

  test('is too large', async () => {
    const problem = await problemFrom('/v1/users/u-1', { method: 'PATCH', body: bodyOf(1024 * 1024 + 1) });
    expect(problem).toMatchObject({ status: 413, code: 'RESOURCE_EXHAUSTED', title: 'Payload Too Large' });
  });

  test('and one of just a MiB is not', async () => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'PATCH', body: bodyOf(1024 * 1024), headers };
    const response = await fetch(`${gateway.url}/v1/users/u-1`, init);
    expect(await response.json()).toMatchObject({ user: { realName: String(1024 * 1024 - 15) } });
  });
});
