import { setTimeout as sleep } from 'node:timers/promises';
import type { DescMethod } from '@bufbuild/protobuf';
import { type Call, type CallContext, rootCall } from '../protocol/call';
import { connect, type Connection } from '../client/client';
import type { Message } from '../testing/echo';
import type { Handlers } from '../protocol/rpc';
import { type Served, serve } from '../testing/serve';
import { callPatientEcho, patientEcho } from '../testing/programs/patient-echo';
import { startProxy, type TcpProxy } from '../testing/programs/tcp-proxy';
import { until } from '../testing/programs/until';
import { StatusError } from '../errors/status-error';

// Whatever ends a call early, both ends learn it, close what they had open, and leave nothing running. The server takes
// one call at a time, so the next call shows whether the last one has ended.

type Client = Connection<typeof callPatientEcho>['client'];

/** Where a handler throws, if anywhere. */
let thrown: 'at the start' | 'in the middle' | undefined;
const ended = { handlers: 0, requests: 0 };
let signal: AbortSignal | undefined;
let started = 0;

async function* handle<T>(call: Call, work: (middle: () => void) => AsyncIterable<T>): AsyncGenerator<T> {
  ({ signal } = call);
  started += 1;
  const fail = (): never => {
    throw new StatusError('PERMISSION_DENIED', 'test.denied');
  };
  try {
    if (thrown === 'at the start') fail();
    yield* work(() => (thrown === 'in the middle' ? fail() : undefined));
  } finally {
    ended.handlers += 1;
  }
}

/** For kinds with one reply: runs to the end. */
async function only(items: AsyncIterable<Message>): Promise<Message> {
  let last: Message = {};
  for await (const item of items) last = item;
  return last;
}

const handlers: Handlers<typeof patientEcho> = {
  say: ({ text }, call) =>
    text === 'well'
      ? { text }
      : only(
          handle(call, async function* (middle) {
            await sleep(5);
            middle();
            await sleep(60_000, undefined, { signal: call.signal });
            yield {};
          }),
        ),
  collect: (requests, call) =>
    only(
      handle(call, async function* (middle) {
        for await (const _ of requests) middle();
        yield {};
      }),
    ),
  expand: (_, call) =>
    handle(call, async function* (middle) {
      yield { text: 'first' };
      middle();
      await sleep(60_000, undefined, { signal: call.signal });
    }),
  chat: (requests, call) =>
    handle(call, async function* (middle) {
      for await (const { text } of requests) {
        yield { text };
        middle();
      }
    }),
};

let served: Served<typeof callPatientEcho>;
let proxy: TcpProxy;
let connection: Connection<typeof callPatientEcho>;

beforeAll(async () => {
  served = await serve(patientEcho, handlers, callPatientEcho, { MAX_CONCURRENT_CALLS: '1' });
  proxy = await startProxy(Number(served.address.split(':')[1]));
  connection = connect(callPatientEcho, proxy.address);
});

afterAll(async () => {
  connection.close();
  proxy.close();
  await served.stop();
});

beforeEach(() => {
  thrown = undefined;
  signal = undefined;
  started = 0;
  Object.assign(ended, { handlers: 0, requests: 0 });
});

/** Requests without end. @param failing whether making them fails at the third */
async function* requests(failing: boolean): AsyncGenerator<Message> {
  try {
    for (let count = 1; ; count += 1) {
      yield { count };
      await sleep(5);
      if (failing && count === 2) throw new Error('the file is gone');
    }
  } finally {
    ended.requests += 1;
  }
}

const CALLS: Record<
  DescMethod['methodKind'],
  (client: Client, context: CallContext, failing: boolean) => AsyncIterable<unknown>
> = {
  unary: (client, context) => once(client.say({}, context)),
  client_streaming: (client, context, failing) => once(client.collect(requests(failing), context)),
  server_streaming: (client, context) => client.expand({}, context),
  bidi_streaming: (client, context, failing) => client.chat(requests(failing), context),
};

async function* once(reply: Promise<unknown>): AsyncGenerator {
  yield await reply;
}

interface Fault {
  code: string;
  context?: (leave: AbortSignal) => CallContext;
  throws?: typeof thrown;
  /** Done when the call is under way. */
  cause?: (leave: AbortController) => void;
}

const FAULTS: Record<string, Fault> = {
  'its caller cancels': { code: 'CANCELLED', cause: (leave) => leave.abort() },
  'its deadline passes': { code: 'DEADLINE_EXCEEDED', context: () => rootCall({ timeout: '500ms' }) },
  'its handler throws at the start': { code: 'PERMISSION_DENIED', throws: 'at the start' },
  'its handler throws in the middle': { code: 'PERMISSION_DENIED', throws: 'in the middle' },
  'its connection is cut': { code: 'UNAVAILABLE', cause: () => proxy.cut() },
};

const KINDS = Object.keys(CALLS) as DescMethod['methodKind'][];

const TABLE = Object.entries(FAULTS).flatMap(([name, fault]) => KINDS.map((kind) => ({ kind, name, fault })));

/** Reads a call to its end. @returns what it ended with */
async function outcome(replies: AsyncIterable<unknown>): Promise<unknown> {
  try {
    for await (const _ of replies);
    return 'it went well';
  } catch (error) {
    return error;
  }
}

/** Nothing of the call is left at either end. */
async function allOver(kind: DescMethod['methodKind']): Promise<void> {
  await until('the handler has ended', () => started === 1 && ended.handlers === 1);
  if (kind === 'client_streaming' || kind === 'bidi_streaming')
    await until('so have the requests', () => ended.requests === 1);
  await until('the next call is taken', () =>
    served.client.say({ text: 'well' }, rootCall({ timeout: '1m' })).then(
      () => true,
      ({ code }: StatusError) => code !== 'RESOURCE_EXHAUSTED',
    ),
  );
  expect(await served.client.say({ text: 'well' }, rootCall({ timeout: '1m' }))).toMatchObject({ text: 'well' });
}

test.each(TABLE)('a call of kind $kind is over at both ends when $name', async ({ kind, fault }) => {
  thrown = fault.throws;
  const leave = new AbortController();
  const context = fault.context ?? ((leaving) => rootCall({ timeout: '1m', signal: leaving }));
  const call = outcome(CALLS[kind](connection.client, context(leave.signal), false));
  await until('the call is under way', () => started === 1);
  if (fault.cause) await sleep(20).then(() => fault.cause?.(leave));
  const error = await call;
  expect(error).toBeInstanceOf(StatusError);
  expect(error).toMatchObject({ code: fault.code });
  await allOver(kind);
  if (!fault.throws) expect(signal?.aborted).toBe(true);
});

test.each(['client_streaming', 'bidi_streaming'] as const)(
  'a call of kind %s is over at both ends when its requests cannot be made',
  async (kind) => {
    expect(await outcome(CALLS[kind](connection.client, rootCall({ timeout: '1m' }), true))).toMatchObject({
      message: 'the file is gone',
    });
    await allOver(kind);
    expect(signal?.aborted).toBe(true);
  },
);
