import { Client, credentials, Metadata, type MetadataValue, type ServiceError } from '@grpc/grpc-js';
import { create, toBinary } from '@bufbuild/protobuf';
import { Greeter, SayHelloRequestSchema } from '../../proto/gen/weft/greeter/v1/greeter_pb';
import { rootCall } from '../kit/protocol/call';
import { pathOf } from '../kit/declaration/contract';
import { serve, type Served } from '../kit/testing/serve';
import { createGreeterHandlers } from './handlers';
import { greeter } from './service';

const sayHello = greeter.only('sayHello');

let served: Served<typeof sayHello>;

beforeAll(async () => {
  served = await serve(greeter, createGreeterHandlers(), sayHello);
});

afterAll(() => served.stop());

function metadataOf(entries: Record<string, MetadataValue>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
}

function hello(name: string, entries: Record<string, MetadataValue> = {}) {
  return served.client.sayHello({ name }, rootCall({ metadata: metadataOf(entries) }));
}

test.each<[string, Record<string, MetadataValue>, { message: string; locale: string }]>([
  ['English by default', {}, { message: 'Hello, Ada!', locale: 'en' }],
  ['what accept-language asks for', { 'accept-language': 'de-AT, en;q=0.5' }, { message: 'Hallo, Ada!', locale: 'de' }],
  ['what locale-bin asks for', { 'locale-bin': Buffer.from('zh-CN') }, { message: '你好，Ada！', locale: 'zh' }],
  [
    'locale-bin before accept-language',
    { 'accept-language': 'de', 'locale-bin': Buffer.from('fr') },
    { message: 'Bonjour, Ada !', locale: 'fr' },
  ],
  [
    'accept-language where it does not speak locale-bin',
    { 'accept-language': 'es', 'locale-bin': Buffer.from('ja') },
    { message: '¡Hola, Ada!', locale: 'es' },
  ],
  [
    'English for a name that every object has',
    { 'accept-language': 'constructor' },
    { message: 'Hello, Ada!', locale: 'en' },
  ],
])('speaks %s', async (_, entries, reply) => {
  expect(await hello('Ada', entries)).toEqual(reply);
});

test.each([
  ['nothing', '', 'name: must not be empty'],
  ['blanks', ' \t', 'name: must not be empty'],
  ['more than 200 characters', 'x'.repeat(201), 'name: must be at most 200 characters'],
])('refuses a name of %s', async (_, name, fault) => {
  const error = { code: 'INVALID_ARGUMENT', message: `request.invalid (${fault})` };
  await expect(hello(name)).rejects.toMatchObject(error);
});

test('takes a name of 200 characters in any script', async () => {
  const name = '名'.repeat(200);
  expect((await hello(name)).message).toBe(`Hello, ${name}!`);
});

describe('ahead of the reply', () => {
  let channel: Client;

  beforeAll(() => {
    channel = new Client(served.address, credentials.createInsecure());
  });

  afterAll(() => channel.close());

  /** The reply's metadata, which the kit's own clients do not read. */
  function replyMetadata(entries: Record<string, MetadataValue>): Promise<Metadata> {
    const request = Buffer.from(toBinary(SayHelloRequestSchema, create(SayHelloRequestSchema, { name: 'Ada' })));
    const bytes = (each: Buffer): Buffer => each;
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null): void => (error ? reject(error) : undefined);
      channel
        .makeUnaryRequest(pathOf(Greeter.method.sayHello), bytes, bytes, request, metadataOf(entries), done)
        .on('metadata', resolve);
    });
  }

  test.each([
    ['fr', 'fr'],
    ['ja', 'en'],
  ])('comes the language it chose, in bytes, for accept-language %s', async (accepted, locale) => {
    const metadata = await replyMetadata({ 'accept-language': accepted });
    expect(metadata.get('locale-bin')).toEqual([Buffer.from(locale)]);
  });

  test("comes the caller's request id", async () => {
    expect((await replyMetadata({ 'x-request-id': 'r-17' })).get('x-request-id')).toEqual(['r-17']);
  });

  test('comes a request id of its own where the caller has none', async () => {
    const ids = [await replyMetadata({}), await replyMetadata({})].map((metadata) => metadata.get('x-request-id')[0]);
    expect(ids[0]).toMatch(/^[\w-]{36}$/);
    expect(ids[1]).not.toBe(ids[0]);
  });
});
