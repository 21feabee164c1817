import { type DescMessage, type Message, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { type CallContext, rootCall } from './call';
import { connect, type Connection } from '../client/client';
import { arbitraryMessage, type Init } from '../testing/arbitrary-message';
import { everyKind } from '../testing/every-kind';
import { createMaker } from './own-members';
import { serve, type Served } from '../testing/serve';
import { type CallSpec, defineService } from '../declaration';

// What one service sends, another receives: every kind of field and name, in every kind of RPC.

const kinds = everyKind();
const Everything = kinds.message('Everything');
const packed = ['Scalars', 'Lists', 'google.protobuf.Timestamp', 'google.protobuf.Int64Value'].map(kinds.message);
const make = createMaker(Everything);

/** A plain object, a message, or a copy of a message: handlers return all three. */
const everything = fc
  .tuple(
    arbitraryMessage(Everything, { packed }),
    fc.constantFrom((init: Init) => init, make, copyOf),
  )
  .map(([init, form]) => form(init));

function copyOf(init: Init): Init {
  return { ...make(init) };
}

const service = defineService({ name: 'every-kind', serves: kinds.service('EveryKind') });
const calls: CallSpec = service.only('unary', 'serverStream', 'clientStream', 'bidirectional');

const expectSame = (received: unknown, sent: Init): void => {
  expect(received).toEqual(make(sent));
  expect(bytesOf(Everything, received)).toBe(bytesOf(Everything, make(sent)));
};
const bytesOf = (type: DescMessage, message: unknown): string =>
  Buffer.from(toBinary(type, message as Message)).toString('hex');

async function collect(messages: AsyncIterable<unknown>): Promise<unknown[]> {
  const all = [];
  for await (const message of messages) all.push(message);
  return all;
}

/** What the handlers received, and what they return. */
interface Exchanged {
  requests: unknown[];
  replies: Init[];
}

function handlersOf(exchanged: Exchanged) {
  const note = (...requests: unknown[]): void => void exchanged.requests.push(...requests);
  return {
    unary: (request: unknown) => {
      note(request);
      return exchanged.replies[0];
    },
    serverStream: (request: unknown) => {
      note(request);
      return exchanged.replies;
    },
    clientStream: async (requests: AsyncIterable<unknown>) => {
      note(...(await collect(requests)));
      return exchanged.replies[0];
    },
    async *bidirectional(requests: AsyncIterable<unknown>) {
      note(...(await collect(requests)));
      yield* exchanged.replies;
    },
  };
}

interface EveryKindClient {
  unary(sent: Init, context: CallContext): Promise<unknown>;
  serverStream(sent: Init, context: CallContext): AsyncIterable<unknown>;
  clientStream(sent: Init[], context: CallContext): Promise<unknown>;
  bidirectional(sent: Init[], context: CallContext): AsyncIterable<unknown>;
}

describe.each(['development', 'production'])('in %s', (NODE_ENV) => {
  const exchanged: Exchanged = { requests: [], replies: [] };
  let served: Served<CallSpec>;
  let connection: Connection;
  let client: EveryKindClient;

  beforeAll(async () => {
    served = await serve(service, handlersOf(exchanged) as never, calls, { NODE_ENV });
    connection = connect(calls, served.address, { strict: NODE_ENV !== 'production' });
    client = connection.client as unknown as EveryKindClient;
  });

  afterAll(async () => {
    connection.close();
    await served.stop();
  });

  type Call = (client: EveryKindClient, context: CallContext) => Promise<unknown[]>;

  const exchange = async (sent: Init[], replies: Init[], call: Call): Promise<void> => {
    Object.assign(exchanged, { requests: [], replies });
    const received = await call(client, rootCall({ timeout: '1m' }));
    expect([exchanged.requests.length, received.length]).toEqual([sent.length, replies.length]);
    sent.forEach((each, index) => expectSame(exchanged.requests[index], each));
    replies.forEach((each, index) => expectSame(received[index], each));
  };

  const several = fc.array(everything, { maxLength: 3 });

  test('one request and one reply', () =>
    fc.assert(
      fc.asyncProperty(everything, everything, (sent, reply) =>
        exchange([sent], [reply], async ({ unary }, context) => [await unary(sent, context)]),
      ),
    ));

  test('one request and a stream of replies', () =>
    fc.assert(
      fc.asyncProperty(everything, several, (sent, replies) =>
        exchange([sent], replies, ({ serverStream }, context) => collect(serverStream(sent, context))),
      ),
    ));

  test('a stream of requests and one reply', () =>
    fc.assert(
      fc.asyncProperty(several, everything, (sent, reply) =>
        exchange(sent, [reply], async ({ clientStream }, context) => [await clientStream(sent, context)]),
      ),
    ));

  test('streams both ways', () =>
    fc.assert(
      fc.asyncProperty(several, several, (sent, replies) =>
        exchange(sent, replies, ({ bidirectional }, context) => collect(bidirectional(sent, context))),
      ),
    ));
});
