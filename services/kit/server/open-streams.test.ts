import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientDuplexStream, credentials, type StatusObject } from '@grpc/grpc-js';
import { rootCall } from '../protocol/call';
import { callEcho, echo, type Message } from '../testing/echo';
import type { Handlers } from '../protocol/rpc';
import { serve, type Served } from '../testing/serve';

// What Kubernetes, Envoy and clients that check health keep open for as long as a server lives.

const DRAIN_TIMEOUT_MS = 4_000;
const WATCH = '/grpc.health.v1.Health/Watch';

let served: Served<typeof callEcho>;
let channel: Client;
let say: () => Promise<Message>;

const handlers: Handlers<typeof echo> = {
  say: () => say(),
  collect: () => Promise.resolve({}),
  *expand() {},
  chat: (requests) => requests,
};

beforeEach(async () => {
  served = await serve(echo, handlers, callEcho, { DRAIN_TIMEOUT_MS: String(DRAIN_TIMEOUT_MS) });
  channel = new Client(served.address, credentials.createInsecure());
});

afterEach(() => channel.close());

interface OpenStream {
  stream: ClientDuplexStream<Buffer, Buffer>;
  replies: Buffer[];
  ended: Promise<StatusObject>;
}

/** Opens a stream, with a request in hexadecimal digits, and waits for the first reply. */
async function open(path: string, request: string): Promise<OpenStream> {
  const bytes = (each: Buffer): Buffer => each;
  const stream = channel.makeBidiStreamRequest(path, bytes, bytes);
  const replies: Buffer[] = [];
  const ended = new Promise<StatusObject>((resolve) => stream.on('status', resolve));
  const first = new Promise((resolve) => stream.once('data', resolve));
  stream.on('data', (reply: Buffer) => replies.push(reply)).on('error', () => undefined);
  stream.write(Buffer.from(request, 'hex'));
  // A server begins to answer a single request when it knows that there is no other.
  if (path === WATCH) stream.end();
  await first;
  return { stream, replies, ended };
}

/** How long the service takes to stop, in milliseconds. */
async function stopped(): Promise<number> {
  const started = Date.now();
  await served.stop();
  return Date.now() - started;
}

const LIST_SERVICES = '3a012a';

test.each([
  ['health.Watch', WATCH, ''],
  ['health.Watch of a contract', WATCH, '0a09' + Buffer.from('test.Echo').toString('hex')],
  ['reflection', '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', LIST_SERVICES],
  ['reflection of old', '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo', LIST_SERVICES],
])(
  'a stream of %s ends without an error when the service drains, which need not wait for it',
  async (_, path, request) => {
    const { ended } = await open(path, request);
    expect(await stopped()).toBeLessThan(DRAIN_TIMEOUT_MS / 2);
    expect(await ended).toMatchObject({ code: 0 });
  },
);

test('watchers first learn that the service is NOT_SERVING', async () => {
  const { ended, replies } = await open(WATCH, '');
  await served.stop();
  await ended;
  // SERVING, NOT_SERVING
  expect(replies.map((reply) => reply.toString('hex'))).toEqual(['0801', '0802']);
});

test('several streams all end', async () => {
  const streams = await Promise.all(Array.from({ length: 5 }, () => open(WATCH, '')));
  expect(await stopped()).toBeLessThan(DRAIN_TIMEOUT_MS / 2);
  for (const { ended } of streams) expect(await ended).toMatchObject({ code: 0 });
});

test('a stream whose caller has left causes no error', async () => {
  const { stream, ended } = await open(WATCH, '');
  stream.cancel();
  expect(await ended).toMatchObject({ code: 1 });
  expect(await stopped()).toBeLessThan(DRAIN_TIMEOUT_MS / 2);
});

test('a call under way is finished all the same', async () => {
  let started: (value: unknown) => void = () => undefined;
  const underWay = new Promise((resolve) => (started = resolve));
  say = async () => {
    started(undefined);
    await sleep(200);
    return { text: 'finished' };
  };
  const { ended } = await open(WATCH, '');
  const reply = served.client.say({}, rootCall({ timeout: '1m' }));
  await underWay;
  const [stop] = await Promise.all([stopped(), ended]);
  expect(await reply).toMatchObject({ text: 'finished' });
  expect(stop).toBeLessThan(DRAIN_TIMEOUT_MS / 2);
});

test('a stream of the service itself is its own, and goes on', async () => {
  const chat = await open('/test.Echo/Chat', '0a0161');
  const stop = stopped();
  await sleep(300);
  chat.stream.write(Buffer.from('0a0162', 'hex'));
  chat.stream.end();
  expect(await chat.ended).toMatchObject({ code: 0 });
  expect(chat.replies).toHaveLength(2);
  expect(await stop).toBeGreaterThanOrEqual(300);
});
