import { once } from 'node:events';
import pino from 'pino';
import { serve, type Served } from '../kit/testing/serve';
import { userInfo } from '../user-info/service';
import { bindingsOf } from './routing/bindings';
import { type ServedGateway, serveGateway, usersThat } from './testing/serve';
import { createGateway } from './server';
import { gateway as declaration } from './service';
import { SETTINGS } from './settings';
import { until } from '../kit/testing/programs/until';

const nothing = userInfo.only();
const health = { serving: true };
const log = pino({ level: 'trace' }, { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });

let lines: Record<string, unknown>[] = [];
let users: Served<typeof nothing>;
let gateway: ServedGateway;
/** Whether calls are answered only when nobody waits any more. */
let wait: boolean;
/** The metadata of every call that came through. */
let calls: Record<string, unknown>[];

beforeAll(async () => {
  const handlers = usersThat({
    getUserInfo: async (_, call) => {
      calls.push(call.metadata.getMap());
      if (wait) await once(call.signal, 'abort');
      return { user: { userId: call.requestId } };
    },
  });
  users = await serve(userInfo, handlers, nothing);
  gateway = await serveGateway({ users: users.address }, { health, log });
});

afterAll(async () => {
  await gateway.stop();
  await users.stop();
});

beforeEach(() => {
  health.serving = true;
  wait = false;
  lines = [];
  calls = [];
});

/** A request and all that came back of it. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(`${gateway.url}${path}`, { headers, method });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

describe('health', () => {
  test.each([
    ['/livez', true, 200, { status: 'ok' }],
    ['/livez', false, 200, { status: 'ok' }],
    ['/readyz', true, 200, { status: 'ok' }],
    ['/readyz', false, 503, { status: 'not serving' }],
  ])('%s, when serving is %s, is %i', async (path, serving, status, body) => {
    health.serving = serving;
    const response = await ask(path);
    expect([response.status, JSON.parse(response.text)]).toEqual([status, body]);
  });

  test('is nothing to log', async () => {
    await ask('/livez');
    await ask('/readyz');
    await ask('/v1/users/u-1');
    expect(lines.map(({ path }) => path)).toEqual(['/v1/users/u-1']);
  });
});

describe('x-request-id', () => {
  test.each(['r-1', 'A.b:c+/=_-9', 'x'.repeat(128)])('%s comes back and goes along', async (id) => {
    const { headers, text } = await ask('/v1/users/u-1', { 'x-request-id': id });
    expect(headers.get('x-request-id')).toBe(id);
    expect(calls).toMatchObject([{ 'x-request-id': id }]);
    expect(JSON.parse(text)).toMatchObject({ user: { userId: id } });
  });

  test.each([
    ['none', {}],
    ['an empty one', { 'x-request-id': '' }],
    ['one with blanks', { 'x-request-id': 'a b' }],
    ['two, which HTTP makes one', { 'x-request-id': 'a, b' }],
    ['one that is no ASCII', { 'x-request-id': 'é' }],
    ['one that is too long', { 'x-request-id': 'x'.repeat(129) }],
  ])('is made where there is %s', async (_, headers) => {
    const ids = [await ask('/v1/users/u-1', headers), await ask('/v1/users/u-1', headers)].map((response) =>
      response.headers.get('x-request-id'),
    );
    expect(ids[0]).toMatch(/^[\da-f-]{36}$/);
    expect(ids[1]).not.toBe(ids[0]);
    expect(calls.map((metadata) => metadata['x-request-id'])).toEqual(ids);
  });

  test.each(['/livez', '/v1/nothing', '/v1/users:search?colour=red', '/v1/users/%zz', `/v1/users/${'u'.repeat(1001)}`])(
    'comes back from %s as well',
    async (path) => {
      expect((await ask(path, { 'x-request-id': 'r-1' })).headers.get('x-request-id')).toBe('r-1');
    },
  );
});

describe('a header', () => {
  test.each([
    ['x-user-id', 'user-id', 'u-7'],
    ['authorization', 'authorization', 'Bearer a.b.c'],
    ['accept-language', 'accept-language', 'de-AT, en;q=0.5'],
    ['x-weft-lane', 'x-weft-lane', 'blue'],
    ['traceparent', 'traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['tracestate', 'tracestate', 'a=1,b=2'],
  ])('%s goes along as %s', async (header, name, value) => {
    await ask('/v1/users/u-1', { [header]: value });
    expect(calls).toMatchObject([{ [name]: value }]);
  });

  test('that is not one of them is not passed on', async () => {
    await ask('/v1/users/u-1', { baggage: 'a=b', 'user-id': 'u-7', 'x-anything': 'y', cookie: 'z' });
    const names = Object.keys(calls[0] ?? {});
    expect(names).toEqual(expect.arrayContaining(['x-request-id']));
    for (const name of ['baggage', 'user-id', 'x-anything', 'cookie']) expect(names).not.toContain(name);
  });

  test.each(['x-user-id', 'accept-language', 'x-weft-lane', 'tracestate'])(
    '%s with bytes that are no ASCII is refused by name, and nobody is called',
    async (header) => {
      const { status, text } = await ask('/v1/users/u-1', { [header]: 'Zoë' });
      const detail = `request.invalid (${header}: has characters that are not ASCII)`;
      expect([status, JSON.parse(text)]).toEqual([400, expect.objectContaining({ code: 'INVALID_ARGUMENT', detail })]);
      expect(calls).toEqual([]);
    },
  );

  test('that is empty is as good as none', async () => {
    const { status } = await ask('/v1/users/u-1', { 'x-user-id': '' });
    expect(status).toBe(200);
    expect(calls[0]).not.toHaveProperty('user-id');
  });
});

describe('the log', () => {
  test('has a line for a request, without its query', async () => {
    await ask('/v1/users/u-1?include_roles=true&colour=secret', { 'x-request-id': 'r-1' });
    expect(lines).toMatchObject([
      { requestId: 'r-1', verb: 'GET', path: '/v1/users/u-1', status: 400, msg: 'request' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  test('says why nobody could be called', async () => {
    await ask('/v1/greetings/Ada', { 'x-request-id': 'r-1' });
    const cause = expect.stringContaining('127.0.0.1:1') as string;
    expect(lines).toMatchObject([
      { level: 40, requestId: 'r-1', reason: 'callee.unavailable', cause, msg: 'call failed' },
      { level: 30, requestId: 'r-1', status: 503, msg: 'request' },
    ]);
  });

  test('has a line for what is refused before there is a route', async () => {
    await ask('/v1/users/%zz?a=secret', { 'x-request-id': 'r-1' });
    expect(lines).toMatchObject([{ requestId: 'r-1', verb: 'GET', path: '/v1/users/%zz', status: 400 }]);
  });

  test('counts bytes, for each request of a connection, and knows the trace', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    for (const _ of [1, 2]) await ask('/v1/users/u-1', { traceparent, 'x-request-id': 'r-1' });
    const [first, second] = lines as [Record<string, number>, object];
    expect(first['bytesIn']).toBeGreaterThan(traceparent.length);
    expect(first['bytesOut']).toBeGreaterThan(100);
    const { bytesIn, bytesOut } = first;
    expect(second).toMatchObject({ bytesIn, bytesOut, trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' });
  });

  test('tells of a client that did not wait', async () => {
    const client = new AbortController();
    wait = true;
    const answer = fetch(`${gateway.url}/v1/users/u-1`, { signal: client.signal });
    await until('it is under way', () => calls.length > 0);
    client.abort();
    await expect(answer).rejects.toThrow('aborted');
    await until('it is logged', () => lines.length > 0);
    expect(lines).toMatchObject([{ path: '/v1/users/u-1', status: 499, abandoned: true }]);
  });

  test('never has a token', async () => {
    await ask('/v1/users/u-1', { authorization: 'Bearer s3cret' });
    expect(JSON.stringify(lines)).not.toContain('s3cret');
  });
});

test('a route that has no client is found when the gateway is made', () => {
  const bindings = bindingsOf(declaration.calls);
  expect(() =>
    createGateway({ bindings, comments: {}, clients: {}, health, log, settings: SETTINGS.parse({}) }),
  ).toThrow('greeter.sayHello has a route but no client');
});
