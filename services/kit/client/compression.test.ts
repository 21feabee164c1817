import { create, toBinary } from '@bufbuild/protobuf';
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { rootCall } from '../protocol/call';
import { connect } from './client';
import { pathOf } from '../declaration/contract';
import { Echo } from '../testing/echo';
import type { Memory } from '../testing/programs/memory';
import { callPatientEcho } from '../testing/programs/patient-echo';
import { buildPrograms, type Program, type Programs } from '../testing/programs/programs';
import { frame, sendRaw } from '../testing/programs/raw-request';
import { startProxy } from '../testing/programs/tcp-proxy';

// Requests may come compressed: they arrive as they were, and what a compressed one may unfold to is limited.

const MB = 1024 * 1024;

let programs: Programs;
let server: Program;
let port: number;

beforeAll(async () => {
  programs = await buildPrograms('services/kit/testing/programs/echo-server.ts');
  server = programs.start('echo-server', { GRPC_PORT: '0' }, ['--expose-gc']);
  port = await server.port;
});

afterAll(() => {
  programs.killAll();
  programs.remove();
});

const context = () => rootCall({ timeout: '1m' });
const text = 'It was a bright cold day in April. '.repeat(10_000);

type EchoClient = ReturnType<typeof connect<typeof callPatientEcho>>['client'];

const CALLS: Record<string, (client: EchoClient) => Promise<void>> = {
  say: async (client) => expect(await client.say({ text }, context())).toMatchObject({ text }),
  collect: async (client) =>
    expect(await client.collect([{ text }, { text }], context())).toMatchObject({ count: 2 * text.length }),
  chat: async (client) => {
    const replies: string[] = [];
    for await (const reply of client.chat([{ text }, { text }], context())) replies.push(reply.text);
    expect(replies).toEqual([text, text]);
  },
};

describe.each(Object.entries(CALLS))('requests of %s', (_, call) => {
  /** @returns how many bytes the client sent */
  async function sentBy(gzip: boolean): Promise<number> {
    const proxy = await startProxy(port);
    const { client, close } = connect(callPatientEcho, proxy.address, { gzip });
    await call(client);
    close();
    proxy.close();
    return proxy.sent;
  }

  test('are smaller on the wire with gzip, and arrive as they were', async () => {
    expect(await sentBy(false)).toBeGreaterThan(text.length);
    expect(await sentBy(true)).toBeLessThan(text.length / 10);
  });
});

const { say, chat } = Echo.method;
const GZIP = { 'grpc-encoding': 'gzip' };

test.each([say, chat])('what unfolds to more than it may is refused before it has unfolded: $name', async (method) => {
  const path = pathOf(method);
  const bomb = frame(gzipSync(Buffer.alloc(200 * MB), { level: 9 }), true);
  expect(bomb.length).toBeLessThan(MB);
  const { rss } = await server.ask<Memory>('restart');
  const answers = await Promise.all(Array.from({ length: 5 }, () => sendRaw(`127.0.0.1:${port}`, path, bomb, GZIP)));
  expect(answers).toEqual(answers.map(() => status.RESOURCE_EXHAUSTED));
  const { peak } = await server.ask<Memory>('memory');
  expect(peak - rss).toBeLessThan(50);
});

const good = gzipSync(toBinary(say.input, create(say.input, { text })));

test.each<[string, Buffer, Record<string, string>, number]>([
  ['no gzip at all', frame(Buffer.from('nonsense'), true), GZIP, status.INTERNAL],
  ['gzip that breaks off', frame(good.subarray(0, good.length / 2), true), GZIP, status.INTERNAL],
  [
    'gzip with a wrong checksum',
    frame(Buffer.concat([good.subarray(0, -8), Buffer.alloc(8)]), true),
    GZIP,
    status.INTERNAL,
  ],
  ['nothing', frame(Buffer.alloc(0), true), GZIP, status.INTERNAL],
  ['gzip without a header that says so', frame(good, true), {}, status.INVALID_ARGUMENT],
  ['an encoding that is not known', frame(good, true), { 'grpc-encoding': 'snappy' }, status.UNIMPLEMENTED],
  ['good gzip', frame(good, true), GZIP, status.OK],
])('a compressed request of %s', async (_, body, headers, expected) => {
  expect(await sendRaw(`127.0.0.1:${port}`, pathOf(say), body, headers)).toBe(expected);
  const { client, close } = connect(callPatientEcho, `127.0.0.1:${port}`);
  expect(await client.say({ text: 'well' }, context())).toMatchObject({ text: 'well' });
  expect(server.child.exitCode).toBeNull();
  const { started, ended } = await server.ask<{ started: number; ended: number }>('handlers');
  expect(ended).toBe(started);
  close();
});
