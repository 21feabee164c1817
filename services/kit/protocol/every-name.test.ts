import { type DescMethod, type Message, toBinary } from '@bufbuild/protobuf';
import { rootCall } from './call';
import { connect } from '../client/client';
import { everyKind } from '../testing/every-kind';
import { messageFromJsonText, messageToJsonText } from '../json/json';
import { createMaker } from './own-members';
import { serve } from '../testing/serve';
import { type CallSpec, defineService } from '../declaration';

// Names that mean something to JavaScript's objects or to its libraries, and names that tools convert in different ways.

const kinds = everyKind();
const contract = kinds.service('WeakMap');
const service = defineService({ name: 'every-name', serves: contract });
const calls: CallSpec = service.only(...contract.methods.map(({ localName }) => localName));

/** Calls a method of a service whose handlers return what `answer` makes of the request. */
async function call({ localName }: DescMethod, NODE_ENV: string, sent: object, answer: (request: Message) => object) {
  const seen: Message[] = [];
  const reply = (request: Message): object => {
    seen.push(request);
    return answer(request);
  };
  const handlers = Object.fromEntries(contract.methods.map((each) => [each.localName, reply]));
  const served = await serve(service, handlers as never, calls, { NODE_ENV });
  const connection = connect(calls, served.address, { strict: NODE_ENV !== 'production' });
  const client = connection.client as unknown as Record<string, (sent: object, context: object) => Promise<Message>>;
  try {
    return { seen, got: await client[localName]?.(sent, rootCall({ timeout: '1m' })) };
  } finally {
    connection.close();
    await served.stop();
  }
}

const methodNamed = (name: string): DescMethod => contract.methods.find((each) => each.name === name) as DescMethod;

describe.each(['development', 'production'])('in %s', (NODE_ENV) => {
  test.each(contract.methods.map((method) => [method.name, method] as const))(
    'a method called %s can be called',
    async (_, method) => {
      const { seen, got } = await call(method, NODE_ENV, {}, () => ({}));
      expect(seen).toEqual([createMaker(method.input)({})]);
      expect(got).toEqual(createMaker(method.output)({}));
    },
  );

  test('unset fields named like members of every object are empty', async () => {
    const empty = { constructor$: '', hasOwnProperty: '', toLocaleString: '', valueOf$: '', isPrototypeOf: '' };
    const { seen, got } = await call(methodNamed('ValueOf'), NODE_ENV, { name: 'a' }, () => ({ name: 'b' }));
    expect(seen).toMatchObject([{ name: 'a', ...empty }]);
    expect(got).toMatchObject({ name: 'b', ...empty });
  });

  test('fields named like members of every object arrive when they are set', async () => {
    const sent = { constructor$: 'Ferrari', hasOwnProperty: 'a', toString$: 'b', then: 'c', Proto: 'd' };
    const { got } = await call(methodNamed('ValueOf'), NODE_ENV, sent, (request) => request);
    expect(got).toMatchObject(sent);
  });

  test('fields with digits, capitals and extra underscores arrive under the names of the generated types', async () => {
    const sent = { line1: 'a', sha256: 'b', Id: 'c', userID: 'd', class: 'e', aB: 'f', x2Y: 'g' };
    const { got } = await call(methodNamed('snake_case'), NODE_ENV, sent, (request) => request);
    expect(got).toMatchObject(sent);
  });

  test('a field that only the caller knows survives a service that does not know it', async () => {
    const type = methodNamed('New').input;
    const newer = {
      ...createMaker(type)({ new: 'a' }),
      $unknown: [{ no: 999, wireType: 0, data: new Uint8Array([5]) }],
    };
    const { got } = await call(methodNamed('New'), NODE_ENV, newer, (request) => ({ ...request, new: 'b' }));
    expect(Buffer.from(toBinary(type, got as Message)).toString('hex')).toMatch(/b83e05$/);
    expect(got).toMatchObject({ new: 'b' });
  });
});

test('JSON keeps the names that json_name gives, whatever they mean to objects', () => {
  const type = kinds.message('JsonNames');
  const text =
    '{"0":"g","__proto__":"a","constructor":"b","toJSON":"c","with space and \\" and \\\\":"d","@type":"e","日本":"f","a.b[0]":"h"}';
  expect(messageToJsonText(type, messageFromJsonText(type, text))).toBe(text);
  expect(messageFromJsonText(type, '{"a":"a","b":"b"}')).toMatchObject({ a: 'a', b: 'b' });
});
