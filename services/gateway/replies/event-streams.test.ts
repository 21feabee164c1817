import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../kit/protocol/call';
import { StatusError } from '../../kit/errors/status-error';
import { end, message, parseEvents } from '../testing/events';
import type { ServedGateway } from '../testing/serve';
import { type Send, serveStreams } from '../testing/serve-streams';
import { settled } from '../../kit/testing/settled';

let gateway: ServedGateway;
let send: Send;

beforeAll(async () => {
  gateway = await serveStreams((call) => send(call));
});

afterAll(() => gateway.stop());

const open = (init: RequestInit = {}): Promise<Response> => fetch(`${gateway.url}/v1/users:stream`, init);

describe('a browser that opens a stream again', () => {
  beforeEach(() => {
    send = () => ['u-1'];
  });

  test('after its end is told to stop', async () => {
    const response = await open({ headers: { 'last-event-id': 'end' } });
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  test('after its middle is told that nothing comes after that', async () => {
    const response = await open({ headers: { 'last-event-id': '3' } });
    expect([response.status, await response.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'ABORTED', reason: 'stream.not-resumable' }),
    ]);
  });

  test('and has seen nothing of it gets all', async () => {
    const response = await open({ headers: { 'last-event-id': '' } });
    expect(parseEvents(await response.text())).toEqual([message('u-1'), end]);
  });

  test('can tell by the ids what was last', async () => {
    send = () => ['u-1', 'u-2'];
    const text = await (await open()).text();
    expect(text.match(/^id: .*$/gm)).toEqual(['id: 1', 'id: 2', 'id: end']);
  });
});

describe('a pause', () => {
  let quick: ServedGateway;

  beforeAll(async () => {
    quick = await serveStreams((call) => send(call), { settings: { SSE_HEARTBEAT_MS: 20 } });
  });

  afterAll(() => quick.stop());

  const openQuick = () => fetch(`${quick.url}/v1/users:stream`);

  test('is filled with comments, before the first message and after it', async () => {
    send = async function* () {
      await sleep(100);
      yield 'u-1';
      await sleep(100);
      yield 'u-2';
    };
    const text = await (await openQuick()).text();
    expect(parseEvents(text)).toEqual([message('u-1'), message('u-2'), end]);
    const [before = '', between = ''] = text.split('id: ');
    for (const part of [before, between]) expect(part.match(/^:\n\n/gm)?.length).toBeGreaterThanOrEqual(2);
  });

  test('before a failure makes it an event, since the answer has begun', async () => {
    send = async function* () {
      await sleep(60);
      yield* [];
      throw new StatusError('NOT_FOUND', 'test.none');
    };
    const response = await openQuick();
    expect(response.status).toBe(200);
    expect(parseEvents(await response.text())).toMatchObject([{ event: 'error', data: { status: 404 } }]);
  });
});

describe('a reader that is slow', () => {
  const LARGE = 'x'.repeat(100_000);

  test('slows the callee down', async () => {
    let sent = 0;
    send = function* () {
      for (; sent < 1_000; sent += 1) yield LARGE;
    };
    const response = await open();
    await settled(() => sent);
    // What the connections hold on their way, of 100 MB.
    expect(sent).toBeLessThan(300);
    expect(parseEvents(await response.text())).toHaveLength(1_001);
  });
});

describe('grpc-timeout', () => {
  const wait = async function* (call: Call) {
    yield 'u-1';
    await once(call.signal, 'abort');
  };

  test('ends a stream that takes longer', async () => {
    send = wait;
    const response = await open({ headers: { 'grpc-timeout': '100m' } });
    const [first, last] = parseEvents(await response.text());
    expect(first).toEqual(message('u-1'));
    expect(last).toMatchObject({ event: 'error', data: { status: 504, code: 'DEADLINE_EXCEEDED' } });
  });

  test('ends a call that takes longer', async () => {
    send = wait;
    const response = await fetch(`${gateway.url}/v1/users/u-1`, { headers: { 'grpc-timeout': '100m' } });
    expect([response.status, await response.json()]).toEqual([
      504,
      expect.objectContaining({ code: 'DEADLINE_EXCEEDED' }),
    ]);
  });

  test('reaches the service', async () => {
    let left = 0;
    send = function* (call) {
      left = (call.deadline?.getTime() ?? 0) - Date.now();
      yield 'u-1';
    };
    await (await open({ headers: { 'grpc-timeout': '7S' } })).text();
    expect(left).toBeGreaterThan(5_000);
    expect(left).toBeLessThanOrEqual(7_000);
  });

  test.each(['/v1/users:stream', '/v1/users/u-1'])('in another form is refused by %s', async (path) => {
    const response = await fetch(`${gateway.url}${path}`, { headers: { 'grpc-timeout': '5s' } });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ violations: [expect.objectContaining({ field: 'grpc-timeout' })] }),
    ]);
  });
});
