import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { type Call, rootCall } from './call';
import { connect, type Connection } from './client';
import { callEcho, echo } from './fixtures/echo';
import type { Handlers } from './rpc';
import { type Served, serve } from './serve';

const nothing = { say: () => ({}), collect: async () => ({}), *expand() {}, *chat() {} } satisfies Handlers<
  typeof echo
>;

let back: Served<typeof callEcho>;
let front: Served<typeof callEcho>;
let between: Connection<typeof callEcho>;
let answer: (call: Call) => unknown;
const seen: Call[] = [];

// Two services, the first of which calls the second for every call.
beforeAll(async () => {
  const backHandlers = {
    ...nothing,
    say: async (_: unknown, call: Call) => {
      seen.push(call);
      await answer(call);
      return {};
    },
  };
  back = await serve(echo, backHandlers, callEcho);
  between = connect(callEcho, back.address);
  front = await serve(echo, { ...nothing, say: (request, call) => between.client.say(request, call) }, callEcho);
});

beforeEach(() => {
  seen.length = 0;
  answer = () => undefined;
});

afterAll(async () => {
  await front.stop();
  between.close();
  await back.stop();
});

async function callWith(headers: Record<string, string>): Promise<Call> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  await front.client.say({}, rootCall({ timeout: '5s', metadata }));
  const [call] = seen;
  if (!call) throw new Error('the call did not arrive');
  return call;
}

test.each(['request-id', 'user-id', 'authorization', 'accept-language', 'x-weft-lane', 'traceparent', 'tracestate'])(
  '%s goes along to the second service',
  async (name) => {
    const call = await callWith({ [name]: 'value' });
    expect(call.metadata.get(name)).toEqual(['value']);
  },
);

test('other metadata stays with the first service', async () => {
  const call = await callWith({ 'x-other': 'value' });
  expect(call.metadata.get('x-other')).toEqual([]);
});

test('a call without a request id gets one, the same for both services', async () => {
  const call = await callWith({});
  expect(call.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(call.metadata.get('request-id')).toEqual([call.requestId]);
});

test('the user is who user-id says, or nobody', async () => {
  expect((await callWith({ 'user-id': 'u-1' })).user).toEqual({ id: 'u-1' });
  seen.length = 0;
  expect((await callWith({})).user).toBeUndefined();
});

test('the second service has no longer than the first', async () => {
  const before = Date.now();
  await front.client.say({}, rootCall({ timeout: '500ms' }));
  expect(seen[0]?.deadline?.getTime()).toBeLessThanOrEqual(before + 600);
});

test('a signal put in the place of the call’s own cancels as well', async () => {
  const impatient = await serve(
    echo,
    {
      ...nothing,
      say: (request, call) => between.client.say(request, { ...call, signal: AbortSignal.timeout(20) }),
    },
    callEcho,
  );
  answer = (call) => sleep(10_000, undefined, { signal: call.signal }).catch(() => undefined);
  await expect(impatient.client.say({}, rootCall({ timeout: '5s' }))).rejects.toMatchObject({ code: 'CANCELLED' });
  await impatient.stop();
});

test('a caller that leaves stops the work two hops away', async () => {
  const leaving = new AbortController();
  let stopped = false;
  answer = async (call) => {
    leaving.abort();
    await sleep(10_000, undefined, { signal: call.signal }).catch(() => (stopped = true));
  };
  const call = front.client.say({}, rootCall({ timeout: '5s', signal: leaving.signal }));
  await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
  for (let tries = 0; !stopped && tries < 1_000; tries += 1) await sleep(5);
  expect(stopped).toBe(true);
});
