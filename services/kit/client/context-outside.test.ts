import { Metadata } from '@grpc/grpc-js';
import { type CallContext, rootCall } from '../protocol/call';
import type { ClientInterceptor } from '../protocol/interceptor';
import { connect } from './client';
import { Echo } from '../testing/echo';
import { type Served, serve } from '../testing/serve';
import { defineService, externalService } from '../declaration';

// What a service that somebody else runs gets of a call, which whoever makes it did not mean for them.

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
  'of %s that is answered go the request and its trace, and neither who asks nor what lets act for them',
  async (_, of) => {
    contextOf = of;
    await front.client.say({}, rootCall({ metadata: metadataOf({ ...SENT, ...KEPT }) }));
    for (const [name, value] of Object.entries(SENT)) expect(arrived.get(name)).toEqual([value]);
    for (const name of [...Object.keys(KEPT), 'secret-bin']) expect(arrived.get(name)).toEqual([]);
  },
);

test('what a service says itself goes, a key of its own for example', async () => {
  contextOf = () => rootCall({ metadata: metadataOf({ authorization: 'Bearer own' }) });
  await front.client.say({}, rootCall({ metadata: metadataOf(KEPT) }));
  expect(arrived.get('authorization')).toEqual(['Bearer own']);
  expect(arrived.get('user-id')).toEqual([]);
});

test('what an interceptor sets goes too, and still not what lets anybody act for the caller', async () => {
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
  expect(arrived.get('request-id')).toEqual(['r-1']);
  for (const name of Object.keys(KEPT)) expect(arrived.get(name)).toEqual([]);
  intercepted.close();
  await between.stop();
});
