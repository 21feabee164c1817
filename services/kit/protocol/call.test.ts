import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../testing/programs/until';
import { Metadata, type MetadataValue } from '@grpc/grpc-js';
import { type Call, callerOf, rootCall } from './call';
import { connect, type Connection } from '../client/client';
import { callEcho, echo } from '../testing/echo';
import type { Handlers } from './rpc';
import { type Served, serve } from '../testing/serve';

const nothing = { say: () => ({}), collect: async () => ({}), *expand() {}, *chat() {} } satisfies Handlers<
  typeof echo
>;

let back: Served<typeof callEcho>;
let front: Served<typeof callEcho>;
let between: Connection<typeof callEcho>;
let answer: (call: Call) => unknown;
const seen: Call[] = [];

// Two services. The first calls the second for every call.
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

function metadataOf(headers: Record<string, MetadataValue>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

async function callWith(headers: Record<string, MetadataValue>): Promise<Call> {
  const metadata = metadataOf(headers);
  await front.client.say({}, rootCall({ timeout: '1m', metadata }));
  const [call] = seen;
  if (!call) throw new Error('the call did not arrive');
  return call;
}

test.each(['x-request-id', 'user-id', 'authorization', 'accept-language', 'x-weft-lane', 'traceparent', 'tracestate'])(
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

test('binary metadata goes along, each value of it, byte for byte', async () => {
  const metadata = new Metadata();
  const values = [Buffer.from([0, 255, 128, 10]), Buffer.from('second')];
  for (const value of values) metadata.add('token-bin', value);
  metadata.add('other-bin', Buffer.from('x'));
  await front.client.say({}, rootCall({ timeout: '1m', metadata }));
  expect(seen[0]?.metadata.get('token-bin')).toEqual(values);
  expect(seen[0]?.metadata.get('other-bin')).toEqual([Buffer.from('x')]);
});

// OpenCensus's, which are about one hop.
test('binary metadata of gRPC itself stays with the first service', async () => {
  const call = await callWith({ 'grpc-trace-bin': Buffer.from('x'), 'grpc-tags-bin': Buffer.from('y') });
  expect([call.metadata.get('grpc-trace-bin'), call.metadata.get('grpc-tags-bin')]).toEqual([[], []]);
});

test('a call without a request id gets one, the same for both services', async () => {
  const call = await callWith({});
  expect(call.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(call.metadata.get('x-request-id')).toEqual([call.requestId]);
});

test('the user comes from user-id, or is undefined', async () => {
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
  await expect(impatient.client.say({}, rootCall({ timeout: '1m' }))).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    reason: 'callee.too-late',
  });
  await impatient.stop();
});

test('a caller that leaves stops the work two hops away', async () => {
  const leaving = new AbortController();
  let stopped = false;
  answer = async (call) => {
    leaving.abort();
    await sleep(10_000, undefined, { signal: call.signal }).catch(() => (stopped = true));
  };
  const call = front.client.say({}, rootCall({ timeout: '1m', signal: leaving.signal }));
  await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
  await until('the work stops', () => stopped);
});

const proven = (...accounts: string[]): string =>
  accounts
    .map(
      (account) =>
        `By=spiffe://a/ns/weft/sa/me;Hash=00;Subject="CN=x,O=y";URI=spiffe://cluster.local/ns/weft/sa/${account}`,
    )
    .join(',');

test.each<[string, Record<string, string>, string | undefined]>([
  ['nothing', {}, undefined],
  ['an empty user agent', { 'user-agent': '' }, undefined],
  ['a library', { 'user-agent': 'grpc-node-js/1.14.7' }, undefined],
  ['a library that names itself twice', { 'user-agent': 'grpc-thing grpc-c/50' }, undefined],
  ['a name before a library', { 'user-agent': 'rag-search grpc-node-js/1.14.7' }, 'rag-search'],
  ['a browser', { 'user-agent': 'Mozilla/5.0 (X11) grpc-web' }, undefined],
  ['an identity', { 'x-forwarded-client-cert': proven('gateway') }, 'gateway'],
  ['an identity before a name', { 'x-forwarded-client-cert': proven('gateway'), 'user-agent': 'me grpc-x' }, 'gateway'],
  ['the last of several identities', { 'x-forwarded-client-cert': proven('first', 'gateway') }, 'gateway'],
  ['an identity in quotes', { 'x-forwarded-client-cert': 'Hash=00;URI="spiffe://td/ns/n/sa/gateway"' }, 'gateway'],
  ['an identity at the start', { 'x-forwarded-client-cert': 'URI=spiffe://td/ns/n/sa/gateway;By=x' }, 'gateway'],
  ['only who was called', { 'x-forwarded-client-cert': 'By=spiffe://td/ns/n/sa/me;Hash=00' }, undefined],
  ['an identity of another kind', { 'x-forwarded-client-cert': 'URI=https://example.com/sa/x' }, undefined],
  ['no identity but a name', { 'x-forwarded-client-cert': 'Hash=00', 'user-agent': 'me grpc-x' }, 'me'],
])('the caller’s name comes from %s', (_, headers, caller) => {
  expect(callerOf(metadataOf(headers))).toBe(caller);
});

test('a client of the kit names the service that it belongs to', async () => {
  const named = connect(callEcho, back.address, { caller: 'front-desk' });
  await named.client.say({}, rootCall({ timeout: '1m' }));
  await between.client.say({}, rootCall({ timeout: '1m' }));
  named.close();
  expect(seen.map(({ metadata }) => callerOf(metadata))).toStrictEqual(['front-desk', undefined]);
});
