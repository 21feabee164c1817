import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import pino from 'pino';
import { createServerCalls } from './server-calls';
import { batch } from '../streams/batch';
import { type Call, rootCall } from '../protocol/call';
import { connect } from '../client/client';
import type { Message } from '../testing/echo';
import type { Handlers } from '../protocol/rpc';
import { type Served, serve } from '../testing/serve';
import { startService } from '../runtime/start-service';
import { until } from '../testing/programs/until';
import { callPatientEcho, patientEcho } from '../testing/programs/patient-echo';
import { StatusError } from '../errors/status-error';

// Everything that a call started ends with it, whatever ended the call.

let back: Served<typeof callPatientEcho>;
let front: Served<typeof callPatientEcho>;
let say: (call: Call) => Promise<Message> | Message;
let openStreams = 0;

async function* forever(call: Call): AsyncGenerator<Message> {
  openStreams += 1;
  try {
    yield {};
    await sleep(60_000, undefined, { signal: call.signal });
  } finally {
    openStreams -= 1;
  }
}

const rest = { collect: () => Promise.resolve({}), chat: () => [] };

beforeAll(async () => {
  back = await serve(
    patientEcho,
    { ...rest, say: ({ text }) => ({ text }), expand: (_, call) => forever(call) },
    callPatientEcho,
  );
  front = await serve(
    patientEcho,
    { ...rest, say: (_, call) => say(call), expand: (_, call) => forever(call) },
    callPatientEcho,
  );
});

afterAll(async () => {
  await front.stop();
  await back.stop();
});

test('a handler may make any number of calls: finished ones leave no listeners behind', async () => {
  const warned = jest.fn();
  process.on('warning', warned);
  say = async (call) => {
    for (let n = 0; n < 50; n += 1) await back.client.say({}, call);
    await Promise.all(Array.from({ length: 50 }, () => back.client.say({}, call)));
    return {};
  };
  await front.client.say({}, rootCall({}));
  await sleep(20);
  process.off('warning', warned);
  expect(warned).not.toHaveBeenCalled();
});

test('a call made after the caller has left is cancelled at once', async () => {
  let outcome: unknown;
  say = async (call) => {
    await sleep(5_000, undefined, { signal: call.signal }).catch(() => undefined);
    outcome = await back.client.say({}, call).catch((error: unknown) => error);
    return {};
  };
  await expect(front.client.say({}, rootCall({ timeout: '50ms' }))).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
  });
  await until('it has an outcome', () => outcome !== undefined);
  expect(outcome).toBeInstanceOf(StatusError);
});

test('a stream can be closed while its next reply is awaited', async () => {
  const replies = back.client.expand({}, rootCall({}))[Symbol.asyncIterator]();
  await replies.next();
  const next = replies.next();
  await replies.return?.();
  expect(await next).toMatchObject({ done: true });
  await until('no stream is open', () => openStreams === 0);
});

test('a batched stream can be closed while its source is silent', async () => {
  for await (const some of batch(back.client.expand({}, rootCall({})), { size: 100 })) {
    expect(some).toHaveLength(1);
    break;
  }
  await until('no stream is open', () => openStreams === 0);
});

test.each(['connection', 'content-length', 'te'])(
  'a handler cannot send %s, and its caller gets an error at once',
  async (name) => {
    say = (call) => {
      call.replyMetadata.set(name, '1');
      return {};
    };
    await expect(front.client.say({}, rootCall({ timeout: '1m' }))).rejects.toMatchObject({ code: 'INTERNAL' });
    const metadata = new Metadata();
    metadata.set(name, '1');
    expect(() => rootCall({ metadata })).toThrow(`metadata cannot have "${name}"`);
  },
);

test.each<[string, () => unknown]>([
  [
    'cannot be read',
    () =>
      Object.defineProperty(new Error('x'), 'code', {
        get: () => {
          throw new Error('y');
        },
      }),
  ],
  ['lies about its methods', () => Object.assign(new Error('x'), { hasErrorLabel: true })],
  ['is nothing', () => undefined],
])('an error that %s is INTERNAL, and the process lives', async (_, make) => {
  say = () => {
    throw make();
  };
  await expect(front.client.say({}, rootCall({ timeout: '1m' }))).rejects.toMatchObject({ code: 'INTERNAL' });
});

test.each<[string, () => AbortSignal, string, string]>([
  ['a timeout of its own', () => AbortSignal.timeout(20), 'DEADLINE_EXCEEDED', 'callee.too-late'],
  ['a signal of its own', () => AbortSignal.abort(), 'UNAVAILABLE', 'callee.cancelled'],
])('a handler that cancels a call by %s does not blame its caller', async (_, signal, code, reason) => {
  say = async (call) => {
    for await (const _reply of back.client.expand({}, { ...call, signal: signal() })) continue;
    return {};
  };
  await expect(front.client.say({}, rootCall({ timeout: '1m' }))).rejects.toMatchObject({ code, reason });
});

test('calls that outlast the drain get UNAVAILABLE', async () => {
  const environment = { GRPC_PORT: '0', LOG_LEVEL: 'silent', DRAIN_TIMEOUT_MS: '50' };
  let aborted = false;
  const handlers: Handlers<typeof patientEcho> = {
    ...rest,
    say: ({ text }) => ({ text }),
    expand: async function* (_, call) {
      call.signal.addEventListener('abort', () => (aborted = true));
      yield* forever(call);
    },
  };
  const service = await startService(patientEcho, () => handlers, {
    environment,
    signal: new AbortController().signal,
  });
  const connection = connect(callPatientEcho, `127.0.0.1:${service.port}`);
  const replies = connection.client.expand({}, rootCall({}))[Symbol.asyncIterator]();
  await replies.next();
  const next = replies.next();
  const stopped = service.stop();
  await expect(next).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'server.draining' });
  await stopped;
  connection.close();
  expect(aborted).toBe(true);
});

test('a cancelled call keeps its slot until its handler returns, but at most ten seconds', () => {
  jest.useFakeTimers();
  const log = pino({ level: 'silent' });
  const localize = () => ({ locale: 'en', text: '' });
  const options = {
    service: 'x',
    log,
    logCall: () => undefined,
    localize,
    maxConcurrentCalls: 1,
    translate: () => undefined,
  };
  const { unknown: startCall } = createServerCalls(options);
  const fails: unknown[] = [];
  const come = (): EventEmitter => {
    const server = new EventEmitter();
    Object.assign(server, {
      metadata: new Metadata(),
      getPath: () => '/x',
      getDeadline: () => Infinity,
      cancelled: false,
    });
    startCall(
      server as never,
      () => new Promise(() => undefined),
      (error) => fails.push(error),
    );
    return server;
  };
  const server = come();
  Object.assign(server, { cancelled: true }).emit('cancelled');
  come();
  expect(fails).toHaveLength(1);
  jest.advanceTimersByTime(10_000);
  come();
  expect(fails).toHaveLength(1);
  jest.useRealTimers();
});
