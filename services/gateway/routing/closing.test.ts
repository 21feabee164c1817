import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Handlers } from '../../kit/protocol/rpc';
import { serve, type Served } from '../../kit/testing/serve';
import { StatusError } from '../../kit/errors/status-error';
import { ragSearch } from '../../rag-search/service';
import { userInfo } from '../../user-info/service';
import { type ServedGateway, serveGateway, usersThat } from '../testing/serve';

const nothing = userInfo.only();

/** Long enough for what ends by itself. */
const DRAIN_MS = 1_000;

let users: Served<typeof nothing>;
let rag: Served<typeof nothing>;
let gateway: ServedGateway;
let begun: Promise<void>;
let proceed: () => void;
/** Resolves when the caller of the method under way has gone. */
let cancelled: Promise<void>;

beforeEach(async () => {
  let begin: () => void;
  begun = new Promise((resolve) => (begin = resolve));
  const proceeding = new Promise<void>((resolve) => (proceed = resolve));
  let cancel: () => void;
  cancelled = new Promise((resolve) => (cancel = resolve));
  const handlers = usersThat({
    streamUsers: async function* (_, call) {
      call.signal.addEventListener('abort', () => cancel());
      yield { users: [] };
      begin();
      await proceeding;
    },
    getUserInfo: async ({ userId }) => {
      begin();
      await proceeding;
      return { user: { userId } };
    },
  });
  const refuse = (): never => {
    throw new StatusError('UNIMPLEMENTED', 'test.no-handler');
  };
  const ingest: Handlers<typeof ragSearch>['ingest'] = async (requests, call) => {
    call.signal.addEventListener('abort', () => cancel());
    begin();
    for await (const _ of requests);
    return {};
  };
  const others = { search: refuse, streamSearch: refuse, getChunk: refuse, getChunksBatch: refuse };
  users = await serve(userInfo, handlers, nothing);
  rag = await serve(ragSearch, { ...others, ingest }, nothing);
  gateway = await serveGateway(
    { users: users.address, rag: rag.address },
    { settings: { DRAIN_TIMEOUT_MS: DRAIN_MS } },
  );
});

afterEach(async () => {
  proceed();
  await users.stop();
  await rag.stop();
});

async function openSocket(): Promise<Socket> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

test('does not wait for a socket that a browser has opened ahead of need', async () => {
  const unused = await openSocket();
  const closed = once(unused, 'close');
  await gateway.stop();
  await closed;
});

test('does not wait for a socket whose requests have been answered', async () => {
  const idle = await openSocket();
  // Twice, since until then it is kept.
  for (const _ of [1, 2]) {
    idle.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
    const [answer] = (await once(idle, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
  }
  const closed = once(idle, 'close');
  await gateway.stop();
  await closed;
});

// Both over connections that the client would keep.
test.each([
  ['an answer', '/v1/users/u-1', '"userId":"u-1"'],
  ['a stream', '/v1/users:stream', 'event: end'],
])('waits for the end of %s that is under way, and no longer', async (_, path, text) => {
  const answer = fetch(`${gateway.url}${path}`).then((response) => response.text());
  await begun;
  const stopped = gateway.stop();
  proceed();
  expect(await answer).toContain(text);
  await stopped;
});

describe('what does not end by itself is ended before the drain is over', () => {
  async function stopInTime(): Promise<void> {
    const started = performance.now();
    await gateway.stop();
    expect(performance.now() - started).toBeLessThan(DRAIN_MS);
    await cancelled;
  }

  const closing = { status: 503, code: 'UNAVAILABLE', reason: 'gateway.closing', retryAfter: 1 };

  test('events, with one that says so', async () => {
    const answer = fetch(`${gateway.url}/v1/users:stream`).then((response) => response.text());
    await begun;
    await stopInTime();
    const [, last = ''] = (await answer).split('\n\n');
    expect(last).toMatch(/^event: error\nid: end\ndata: /);
    expect(JSON.parse(last.replace(/^.*\n.*\ndata: /, ''))).toMatchObject(closing);
  });

  test('lines, with one that says so', async () => {
    const response = await fetch(`${gateway.url}/v1/users:stream`, { headers: { accept: 'application/x-ndjson' } });
    const lines = (async () => {
      let text = '';
      const decoder = new TextDecoder();
      for await (const part of response.body ?? []) text += decoder.decode(part as Uint8Array);
      return text;
    })();
    // It is not whole, and fetch says so.
    const cut = expect(lines).rejects.toThrow('terminated');
    await begun;
    await stopInTime();
    await cut;
  });

  test('an upload, with a problem', async () => {
    const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('\n')) });
    const headers = { 'content-type': 'application/x-ndjson' };
    const init = { method: 'POST', headers, body, duplex: 'half' } as unknown as RequestInit;
    const answer = fetch(`${gateway.url}/v1/rag/docs/documents`, init);
    await begun;
    await stopInTime();
    const response = await answer;
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject(closing);
  });
});

test('a request behind one that is under way is told to go elsewhere', async () => {
  const socket = await openSocket();
  let text = '';
  socket.on('data', (part) => (text += part.toString()));
  const closed = once(socket, 'close');
  socket.write('GET /v1/users/u-1 HTTP/1.1\r\nhost: x\r\n\r\n');
  await begun;
  const stopped = gateway.stop();
  // The second is read once the gateway has begun to stop.
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.write('GET /v1/users/u-2 HTTP/1.1\r\nhost: x\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  proceed();
  await stopped;
  await closed;
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503']);
  expect(text).toContain('"reason":"gateway.closing"');
});

test('takes nothing new', async () => {
  await gateway.stop();
  await expect(fetch(`${gateway.url}/livez`)).rejects.toThrow('fetch failed');
});
