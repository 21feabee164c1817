import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import type { DescMethod } from '@bufbuild/protobuf';
import { type Call, type CallContext, rootCall } from '../protocol/call';
import { connect, type Connection } from './client';
import { Echo, type Message } from '../testing/echo';
import type { Handlers } from '../protocol/rpc';
import { type Served, serve } from '../testing/serve';
import { until } from '../testing/programs/until';
import { defineService } from '../declaration';
import type { StatusError } from '../errors/status-error';

// A caller, a service, the one it calls, and the one that calls: what the last of them knows of the first.

const echo = defineService({ name: 'echo', serves: Echo });
const callEcho = echo.only('say', 'collect', 'expand', 'chat');

type EchoClient = Connection<typeof callEcho>['client'];

let front: Served<typeof callEcho>;
const closing: (() => void | Promise<void>)[] = [];

/** What the last service has seen. */
let arrived: { call: Call; at: number } | undefined;
let ended = 0;
/** What it does with a call. */
let work: (call: Call) => Promise<void>;
/** How long each of the others keeps a call before it makes its own, in ms. */
let delay = 0;

beforeAll(async () => {
  const back = await serve(echo, last(), callEcho);
  const middle = await serve(echo, passOn(connectTo(back)), callEcho);
  front = await serve(echo, passOn(connectTo(middle)), callEcho);
  closing.push(back.stop, middle.stop, front.stop);
});

afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

beforeEach(() => {
  arrived = undefined;
  ended = 0;
  delay = 0;
  work = async () => undefined;
});

function connectTo({ address }: Served<typeof callEcho>): EchoClient {
  const { client, close } = connect(callEcho, address);
  closing.push(close);
  return client;
}

function passOn(next: EchoClient): Handlers<typeof echo> {
  return {
    say: async (request, call) => sleep(delay).then(() => next.say(request, call)),
    collect: (requests, call) => next.collect(requests, call),
    expand: (request, call) => next.expand(request, call),
    chat: (requests, call) => next.chat(requests, call),
  };
}

function last(): Handlers<typeof echo> {
  async function* answer(call: Call): AsyncGenerator<Message> {
    arrived = { call, at: Date.now() };
    try {
      await work(call);
      yield {};
    } finally {
      ended += 1;
    }
  }
  const one = async (call: Call): Promise<Message> => {
    for await (const message of answer(call)) return message;
    return {};
  };
  return {
    say: (_, call) => one(call),
    collect: (_, call) => one(call),
    expand: (_, call) => answer(call),
    chat: (_, call) => answer(call),
  };
}

/** Requests that come until the end of the test. */
async function* requests(): AsyncGenerator<Message> {
  for (;;) {
    yield {};
    await sleep(5);
  }
}

async function* once(reply: Promise<unknown>): AsyncGenerator {
  yield await reply;
}

const KINDS: Record<DescMethod['methodKind'], (client: EchoClient, context: CallContext) => AsyncIterable<unknown>> = {
  unary: (client, context) => once(client.say({}, context)),
  client_streaming: (client, context) => once(client.collect([{}], context)),
  server_streaming: (client, context) => client.expand({}, context),
  bidi_streaming: (client, context) => client.chat(requests(), context),
};

const TABLE = Object.entries(KINDS);

async function arrival(kind: (typeof TABLE)[number][1], context: CallContext) {
  for await (const _ of kind(front.client, context)) break;
  if (!arrived) throw new Error('the call did not arrive');
  return arrived;
}

describe.each(TABLE)('a %s call', (name, kind) => {
  test('has the metadata of its request two hops down', async () => {
    const metadata = new Metadata();
    const sent = {
      'x-request-id': 'r-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'a=b',
      authorization: 'Bearer abc',
      'accept-language': 'de, en;q=0.5',
      'x-weft-lane': 'blue',
      'user-id': 'u-1',
    };
    for (const [header, value] of Object.entries(sent)) metadata.set(header, value);
    const bytes = [Buffer.from([0, 1, 254, 255]), Buffer.from('two')];
    for (const value of bytes) metadata.add('thing-bin', value);
    metadata.set('x-other', 'stays behind');
    const { call } = await arrival(kind, rootCall({ timeout: '1m', metadata }));
    for (const [header, value] of Object.entries(sent)) expect(call.metadata.get(header)).toEqual([value]);
    expect(call.metadata.get('thing-bin')).toEqual(bytes);
    expect(call.metadata.get('x-other')).toEqual([]);
    expect(call.requestId).toBe('r-1');
    expect(call.user).toEqual({ id: 'u-1' });
  });

  test('has the deadline of its caller two hops down', async () => {
    const before = Date.now();
    const { call } = await arrival(kind, rootCall({ timeout: '2s' }));
    // It travels as what is left of it, in units as coarse as a millisecond.
    expect(Number(call.deadline)).toBeGreaterThan(before + 1_000);
    expect(Number(call.deadline)).toBeLessThan(before + 2_500);
  });

  test('stops two hops down when its caller leaves', async () => {
    const leave = new AbortController();
    work = ({ signal }) => sleep(60_000, undefined, { signal });
    const call = failure(kind(front.client, rootCall({ signal: leave.signal })));
    await until('it has arrived', () => arrived !== undefined);
    leave.abort();
    expect(await call).toMatchObject({ code: 'CANCELLED' });
    await until('its work has ended', () => ended > 0);
    expect(arrived?.call.signal.aborted).toBe(true);
  });

  test('stops two hops down when its time is up', async () => {
    work = ({ signal }) => sleep(60_000, undefined, { signal });
    const call = failure(kind(front.client, rootCall({ timeout: '500ms' })));
    await until('it has arrived', () => arrived !== undefined);
    expect(await call).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await until('its work has ended', () => ended > 0);
    expect(arrived?.call.signal.aborted).toBe(true);
  });

  test(`without a deadline has ${name === 'unary' ? 'that of the method' : 'none'} two hops down`, async () => {
    const before = Date.now();
    const { call } = await arrival(kind, rootCall({}));
    const { deadline } = call;
    if (name === 'unary') expect(Number(deadline) - before).toBeGreaterThan(1_500);
    if (name === 'unary') expect(Number(deadline) - before).toBeLessThan(3_500);
    else expect(deadline).toBeUndefined();
  });
});

test('what two services took of the time is gone from the deadline of the third', async () => {
  delay = 300;
  const { call, at } = await arrival(KINDS.unary, rootCall({ timeout: '2500ms' }));
  expect(Number(call.deadline) - at).toBeLessThan(2_500 - 2 * delay + 100);
});

async function failure(replies: AsyncIterable<unknown>): Promise<StatusError | undefined> {
  try {
    for await (const _ of replies);
    return undefined;
  } catch (error) {
    return error as StatusError;
  }
}
