import { once } from 'node:events';
import type { Call } from '../../kit/protocol/call';
import { StatusError } from '../../kit/errors/status-error';
import { end, message, parseEvents } from '../testing/events';
import type { ServedGateway } from '../testing/serve';
import { type Send, serveStreams } from '../testing/serve-streams';

let gateway: ServedGateway;
let send: Send;

beforeAll(async () => {
  gateway = await serveStreams((call) => send(call));
});

afterAll(() => gateway.stop());

const open = (init: RequestInit = {}): Promise<Response> => fetch(`${gateway.url}/v1/users:stream`, init);

describe('a stream', () => {
  test('is events, and the last one says that it has ended', async () => {
    send = () => ['u-1', 'u-2'];
    const response = await open();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream(;|$)/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(parseEvents(await response.text())).toEqual([message('u-1'), message('u-2'), end]);
  });

  test('of nothing is its end alone', async () => {
    send = () => [];
    expect(parseEvents(await (await open()).text())).toEqual([end]);
  });

  test('of many messages has them all, in order', async () => {
    const ids = Array.from({ length: 2_000 }, (_, n) => `u-${n}`);
    send = () => ids;
    expect(parseEvents(await (await open()).text())).toEqual([...ids.map(message), end]);
  });

  test('brings a message before there is another', async () => {
    const proceed = new AbortController();
    send = async function* () {
      yield 'u-1';
      await once(proceed.signal, 'abort');
      yield 'u-2';
    };
    const reader = textOf(await open());
    expect(parseEvents((await reader.next()).value ?? '')).toEqual([message('u-1')]);
    proceed.abort();
    let rest = '';
    for await (const part of reader) rest += part;
    expect(parseEvents(rest)).toEqual([message('u-2'), end]);
  });
});

async function* textOf(response: Response): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  for await (const part of response.body ?? []) yield decoder.decode(part as Uint8Array, { stream: true });
}

describe('a stream that fails', () => {
  test('before its first message is a problem', async () => {
    send = () => {
      throw new StatusError('PERMISSION_DENIED', 'test.denied');
    };
    const response = await open();
    expect([response.status, response.headers.get('content-type')]).toEqual([
      403,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await response.json()).toMatchObject({ code: 'PERMISSION_DENIED', detail: 'test.denied' });
  });

  test('after a message says so in an event, which is the last', async () => {
    send = function* () {
      yield 'u-1';
      throw new StatusError('RESOURCE_EXHAUSTED', 'test.enough');
    };
    const response = await open({ headers: { 'x-request-id': 'r-1' } });
    expect(response.status).toBe(200);
    const problem = {
      type: 'about:blank',
      title: 'Too Many Requests',
      status: 429,
      detail: 'test.enough',
      code: 'RESOURCE_EXHAUSTED',
      reason: 'test.enough',
      requestId: 'r-1',
      localized: { locale: 'en', text: 'Too many requests. Please try again later.' },
    };
    expect(parseEvents(await response.text())).toEqual([message('u-1'), { event: 'error', data: problem }]);
  });

  test('for a reason of its own tells nothing of it', async () => {
    send = function* () {
      yield 'u-1';
      throw new Error('the secret of the database');
    };
    const text = await (await open({ headers: { 'x-request-id': 'r-1' } })).text();
    expect(text).not.toContain('secret');
    const data = { status: 500, detail: 'internal', requestId: 'r-1' };
    expect(parseEvents(text)[1]).toMatchObject({ event: 'error', data });
  });
});

describe('a client that leaves cancels the call', () => {
  let client: AbortController;
  let begun: Promise<void>;
  let cancelled: Promise<boolean>;
  /** Says that a handler has begun, and then whether its caller has gone. */
  let wait: (call: Call) => Promise<void>;

  beforeEach(() => {
    client = new AbortController();
    let begin: () => void;
    let cancel: (aborted: boolean) => void;
    begun = new Promise((resolve) => (begin = resolve));
    cancelled = new Promise((resolve) => (cancel = resolve));
    wait = async ({ signal }) => {
      begin();
      if (!signal.aborted) await once(signal, 'abort');
      cancel(signal.aborted);
    };
  });

  test('of a stream, after a message', async () => {
    send = async function* (call) {
      yield 'u-1';
      await wait(call);
    };
    const response = await open({ signal: client.signal });
    await textOf(response).next();
    await begun;
    client.abort();
    expect(await cancelled).toBe(true);
  });

  test.each(['/v1/users:stream', '/v1/users/u-1'])('of %s, before it has answered', async (path) => {
    send = async function* (call) {
      await wait(call);
    };
    const response = fetch(`${gateway.url}${path}`, { signal: client.signal });
    await begun;
    client.abort();
    await expect(response).rejects.toThrow('aborted');
    expect(await cancelled).toBe(true);
  });
});
