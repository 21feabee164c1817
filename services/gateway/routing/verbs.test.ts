import { once } from 'node:events';
import { type IncomingMessage, request as ask } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { serve, type Served } from '../../kit/testing/serve';
import { userInfo } from '../../user-info/service';
import { type ServedGateway, serveGateway, usersThat } from '../testing/serve';

const nothing = userInfo.only();

let users: Served<typeof nothing>;
let plain: ServedGateway;
let crossing: ServedGateway;
let called: number;

beforeAll(async () => {
  const handlers = usersThat({
    getUserInfo: ({ userId }) => {
      called += 1;
      return { user: { userId } };
    },
    updateUserInfo: () => ({ user: {} }),
    streamUsers: () => {
      called += 1;
      return [];
    },
  });
  users = await serve(userInfo, handlers, nothing);
  plain = await serveGateway({ users: users.address });
  crossing = await serveGateway(
    { users: users.address },
    { settings: { CORS_ORIGINS: ['https://a.example', 'https://b.example'] } },
  );
});

afterAll(async () => {
  await plain.stop();
  await crossing.stop();
  await users.stop();
});

beforeEach(() => (called = 0));

/** Any verb at all: fetch refuses some. */
async function send(url: string, method: string, path: string) {
  const [response] = (await once(ask(`${url}${path}`, { method }).end(), 'response')) as [IncomingMessage];
  return { response, text: await textOf(response) };
}

const USER = 'GET, HEAD, PATCH, OPTIONS';

test.each([
  ['DELETE', '/v1/users/u-1', 405, USER],
  ['POST', '/v1/users/u-1', 405, USER],
  ['TRACE', '/v1/users/u-1', 405, USER],
  ['PUT', '/v1/users', 405, 'GET, POST, OPTIONS'],
  ['DELETE', '/v1/users:batchGet', 405, 'GET, HEAD, POST, OPTIONS'],
  ['HEAD', '/v1/users:stream', 405, 'GET, OPTIONS'],
  ['GET', '/v1/rag/docs/documents', 405, 'POST, OPTIONS'],
  ['POST', '/livez', 405, 'GET, HEAD, OPTIONS'],
  ['OPTIONS', '/v1/users/u-1', 204, USER],
  ['OPTIONS', '/livez', 204, 'GET, HEAD, OPTIONS'],
  ['HEAD', '/v1/users/u-1', 200, null],
  ['HEAD', '/livez', 200, null],
  ['OPTIONS', '/v1/nothing', 404, null],
  ['HEAD', '/v1/nothing', 404, null],
  ['PROPFIND', '/v1/users/u-1', 501, null],
])('%s %s is %i, and says what it allows', async (method, path, status, allow) => {
  const { response, text } = await send(plain.url, method, path);
  expect([response.statusCode, response.headers.allow ?? null]).toEqual([status, allow]);
  if (method === 'HEAD' || status < 400) expect(text).toBe('');
  else expect(JSON.parse(text)).toMatchObject({ status });
});

test('HEAD says what GET would, without the body', async () => {
  const get = await fetch(`${plain.url}/v1/users/u-1`);
  const head = await fetch(`${plain.url}/v1/users/u-1`, { method: 'HEAD' });
  await get.text();
  for (const name of ['content-type', 'content-length', 'cache-control'])
    expect(head.headers.get(name)).toBe(get.headers.get(name));
  expect(called).toBe(2);
});

test.each(['/v1/users:stream', '/v1/users'])('HEAD of the stream %s calls nobody', async (path) => {
  await fetch(`${plain.url}${path}`, { method: 'HEAD' });
  expect(called).toBe(0);
});

test('405 comes before what the body is', async () => {
  const init = { method: 'DELETE', body: 'a,b', headers: { 'content-type': 'text/csv' } };
  expect((await fetch(`${plain.url}/v1/users/u-1`, init)).status).toBe(405);
});

test.each<[string, string, Record<string, string>]>([
  ['an unknown path', '/v1/nothing', {}],
  ['a path that cannot be decoded', '/v1/users/%zz', {}],
  ['an answer', '/v1/users/u-1', {}],
  ['a stream', '/v1/users:stream', {}],
  ['health', '/livez', {}],
])('nobody stores %s, or guesses what it is', async (_, path, headers) => {
  const response = await fetch(`${plain.url}${path}`, { headers });
  await response.text();
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

describe('what is accepted', () => {
  test.each([
    ['/v1/users/u-1', 'text/html', 406, 'application/json'],
    ['/v1/users/u-1', 'application/json;q=0', 406, 'application/json'],
    ['/v1/users/u-1', 'text/event-stream', 406, 'application/json'],
    ['/v1/users:stream', 'application/json', 406, 'text/event-stream, application/x-ndjson'],
  ])('of %s is not %s', async (path, accept, status, available) => {
    const response = await fetch(`${plain.url}${path}`, { headers: { accept } });
    expect(response.status).toBe(status);
    const detail = `answer.not-acceptable (available: ${available})`;
    expect(await response.json()).toMatchObject({ status, reason: 'answer.not-acceptable', detail });
    expect(called).toBe(0);
  });

  test.each([
    ['/v1/users/u-1', '*/*', 'application/json; charset=utf-8'],
    ['/v1/users/u-1', 'text/html, application/*;q=0.1', 'application/json; charset=utf-8'],
    ['/v1/users:stream', '*/*', 'text/event-stream'],
    ['/v1/users:stream', 'text/event-stream, application/x-ndjson;q=0.9', 'text/event-stream'],
    ['/v1/users:stream', 'text/event-stream;q=0.5, application/x-ndjson', 'application/x-ndjson'],
  ])('of %s is %s, and what comes is %s', async (path, accept, type) => {
    const response = await fetch(`${plain.url}${path}`, { headers: { accept } });
    await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
  });
});

describe('what is sent', () => {
  test.each<[string, Record<string, string>, number]>([
    ['text', { 'content-type': 'text/plain' }, 415],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['no type that is one', { 'content-type': 'json' }, 415],
    ['JSON lines where one message is meant', { 'content-type': 'application/x-ndjson' }, 415],
    ['something compressed', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 415],
    ['JSON', { 'content-type': 'application/json' }, 200],
    ['JSON with parameters', { 'content-type': 'Application/JSON; charset=utf-8' }, 200],
    [
      'JSON that says that it is not compressed',
      { 'content-type': 'application/json', 'content-encoding': 'identity' },
      200,
    ],
  ])('is %s: with %j', async (_, headers, status) => {
    const response = await fetch(`${plain.url}/v1/users/u-1`, { method: 'PATCH', body: '{}', headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(status === 200 ? { user: {} } : { status, code: 'INVALID_ARGUMENT' });
  });
});

describe('other sites', () => {
  const askFrom = (gateway: ServedGateway, origin: string, path: string) =>
    fetch(`${gateway.url}${path}`, { headers: { origin } });

  test.each(['/v1/users/u-1', '/v1/users:stream', '/v1/nothing'])('may not read %s by default', async (path) => {
    const { headers } = await askFrom(plain, 'https://a.example', path);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test.each(['/v1/users/u-1', '/v1/users:stream', '/v1/nothing'])('that are named may read %s', async (path) => {
    const { headers } = await askFrom(crossing, 'https://b.example', path);
    expect(headers.get('access-control-allow-origin')).toBe('https://b.example');
    expect(headers.get('vary')?.toLowerCase()).toContain('origin');
    expect(headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  test.each(['https://c.example', 'https://a.example.evil', 'http://a.example', 'null'])(
    'and %s may not',
    async (origin) => {
      const { headers } = await askFrom(crossing, origin, '/v1/users/u-1');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('that are named may read why they are refused', async () => {
    const headers = { origin: 'https://a.example', 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const response = await fetch(`${crossing.url}/v1/users/u-1`, { method: 'PATCH', headers, body: '{}' });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([415, 'https://a.example']);
  });

  test('that are named learn beforehand what they may send', async () => {
    const headers = {
      origin: 'https://a.example',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization, content-type',
    };
    const response = await fetch(`${crossing.url}/v1/users/u-1`, { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://a.example');
    expect(response.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
    expect(response.headers.get('access-control-max-age')).toBe('600');
  });
});
