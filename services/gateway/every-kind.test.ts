import { fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import pino from 'pino';
import { arbitraryMessage } from '../kit/testing/arbitrary-message';
import { everyKind } from '../kit/testing/every-kind';
import { connect, type Connection } from '../kit/client/client';
import { messageToJsonText } from '../kit/json/json';
import { createMaker } from '../kit/protocol/own-members';
import { serve, type Served } from '../kit/testing/serve';
import { type CallSpec, defineService } from '../kit/declaration';
import { bindingsOf } from './routing/bindings';
import { createGateway } from './server';
import { SETTINGS } from './settings';

// Every kind of field and name over HTTP: JSON reaches the service whole and comes back the same.

const kinds = everyKind();
const Everything = kinds.message('Everything');
const packed = ['Scalars', 'google.protobuf.Timestamp'].map(kinds.message);
const messages = arbitraryMessage(Everything, { negativeZero: false, packed }).map(createMaker(Everything));

const service = defineService({ name: 'every-kind', serves: kinds.service('EveryKind') });
const calls: CallSpec = service.only('unary');

describe.each(['development', 'production'])('in %s', (NODE_ENV) => {
  let seen: unknown;
  let served: Served<CallSpec>;
  let connection: Connection;
  let app: ReturnType<typeof createGateway>;
  let url: string;

  beforeAll(async () => {
    const unary = (request: unknown) => (seen = request);
    const unserved = (): never => {
      throw new Error('has no route');
    };
    const handlers = { unary, serverStream: unserved, clientStream: unserved, bidirectional: unserved };
    served = await serve(service, handlers as never, calls, { NODE_ENV });
    connection = connect(calls, served.address, { strict: NODE_ENV !== 'production' });
    app = createGateway({
      bindings: bindingsOf({ every: calls }),
      comments: {},
      clients: { every: connection.client },
      health: { serving: true },
      log: pino({ level: 'silent' }),
      settings: SETTINGS.parse({}),
    });
    url = await app.listen({ host: '127.0.0.1', port: 0 });
  });

  afterAll(async () => {
    await app.close();
    connection.close();
    await served.stop();
  });

  const post = async (body: string): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(`${url}/v1/everything`, { method: 'POST', headers, body });
    const text = await reply.text();
    if (reply.status !== 200) throw new Error(`${reply.status} ${text}`);
    return text;
  };

  test('what is sent comes back', () =>
    fc.assert(
      fc.asyncProperty(messages, async (message) => {
        const sent = messageToJsonText(Everything, message);
        expect(JSON.parse(await post(sent))).toEqual(JSON.parse(sent));
        expect(fromBinary(Everything, toBinary(Everything, seen as never))).toEqual(message);
      }),
    ));

  test.each([
    ['{"scalars":{"aInt64":9007199254740993}}', { aInt64: '9007199254740993' }],
    ['{"scalars":{"aInt64":9223372036854775807}}', { aInt64: '9223372036854775807' }],
    ['{"scalars":{"aUint64":18446744073709551615}}', { aUint64: '18446744073709551615' }],
  ])('%s keeps its number', async (body, scalars) => {
    expect(JSON.parse(await post(body))).toMatchObject({ scalars });
  });

  test('a list of numbers beyond 2^53 keeps them', async () => {
    const lists = { someInt64: ['-9007199254740995'] };
    expect(JSON.parse(await post('{"lists":{"someInt64":[-9007199254740995]}}'))).toMatchObject({ lists });
  });
});
