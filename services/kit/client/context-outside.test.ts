import { Metadata } from '@grpc/grpc-js';
import { type CallContext, rootCall } from '../protocol/call';
import type { ClientInterceptor } from '../protocol/interceptor';
import { connect } from './client';
import { Echo } from '../testing/echo';
import { type Served, serve } from '../testing/serve';
import { defineService, externalService } from '../declaration';

// An outside service gets only the part of a call's context that is meant for it.

const echo = defineService({ name: 'echo', serves: Echo });
const say = echo.only('say');
const other = externalService({ name: 'other', serves: Echo, host: 'other.example.com' });

const SENT = {
  'x-request-id': 'r-1',
  'accept-language': 'de',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'a=b',
};
const KEPT = { authorization: 'Bearer abc', 'user-id': 'u-1', 'x-weft-lane': 'v2' };

let outside: Served<typeof say>;
let front: Served<typeof say>;
let arrived: Metadata;
const connection = (address: string) => connect(other.only('say'), address);
let toOutside: ReturnType<typeof connection>;
/** What the front says with its own call. */
let contextOf: (call: CallContext) => CallContext;

const unused = { collect: async () => ({}), expand: async function* () {}, chat: async function* () {} };

beforeAll(async () => {
  outside = await serve(echo, { ...unused, say: (_, { metadata }) => ((arrived = metadata), {}) }, say);
  toOutside = connection(outside.address);
  front = await serve(echo, { ...unused, say: (request, call) => toOutside.client.say(request, contextOf(call)) }, say);
});

afterAll(async () => {
  await front.stop();
  toOutside.close();
  await outside.stop();
});

function metadataOf(values: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(values)) metadata.set(name, value);
  metadata.set('secret-bin', Buffer.from([1]));
  return metadata;
}

test.each<[string, (call: CallContext) => CallContext]>([
  ['a call', (call) => call],
  ['a copy of one', (call) => ({ ...call, deadline: undefined })],
])(
  'for %s being answered, an outside service gets the request id and trace, but neither the user nor credentials',
  async (_, of) => {
    contextOf = of;
    await front.client.say({}, rootCall({ metadata: metadataOf({ ...SENT, ...KEPT }) }));
    for (const [name, value] of Object.entries(SENT)) expect(arrived.get(name)).toEqual([value]);
    for (const name of [...Object.keys(KEPT), 'secret-bin']) expect(arrived.get(name)).toEqual([]);
  },
);

test('an outside service gets the metadata that a service sets itself, such as its API key', async () => {
  contextOf = () => rootCall({ metadata: metadataOf({ authorization: 'Bearer own' }) });
  await front.client.say({}, rootCall({ metadata: metadataOf(KEPT) }));
  expect(arrived.get('authorization')).toEqual(['Bearer own']);
  expect(arrived.get('user-id')).toEqual([]);
});

test('an outside service gets what an interceptor sets, but still no credentials of the caller', async () => {
  const interceptors: ClientInterceptor[] = [
    (requests, call, next) => {
      call.metadata.set('x-api-key', 'own');
      return next(requests, call);
    },
  ];
  const intercepted = connect(other.only('say'), outside.address, { interceptors });
  const between = await serve(echo, { ...unused, say: (request, call) => intercepted.client.say(request, call) }, say);
  await between.client.say({}, rootCall({ metadata: metadataOf({ ...SENT, ...KEPT }) }));
  expect(arrived.get('x-api-key')).toEqual(['own']);
  expect(arrived.get('x-request-id')).toEqual(['r-1']);
  for (const name of Object.keys(KEPT)) expect(arrived.get(name)).toEqual([]);
  intercepted.close();
  await between.stop();
});
