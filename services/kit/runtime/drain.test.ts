import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import type { Message } from '../testing/echo';
import { createLibraryClient } from '../testing/programs/library-client';
import { callPatientEcho } from '../testing/programs/patient-echo';
import { buildPrograms, type Program, type Programs } from '../testing/programs/programs';
import { until } from '../testing/programs/until';

// How a process leaves, and how it fails to come: what callers, probes and the shell see of it.

let programs: Programs;
const closing: (() => void)[] = [];

beforeAll(async () => {
  programs = await buildPrograms(
    'services/kit/testing/programs/echo-server.ts',
    'services/kit/testing/programs/failing-start.ts',
    'infra/embedded-mongodb/main.ts',
    'services/kit/testing/programs/store-server.ts',
  );
});

afterEach(() => {
  closing.splice(0).forEach((close) => close());
  programs.killAll();
});

afterAll(() => programs.remove());

const context = () => rootCall({ timeout: '1m' });

async function start(environment: Record<string, string> = {}) {
  const program = programs.start('echo-server', { GRPC_PORT: '0', ...environment });
  const address = `127.0.0.1:${await program.port}`;
  const probe = createLibraryClient(address);
  closing.push(probe.close);
  return { program, address, probe, client: clientOf(address) };
}

function clientOf(address: string) {
  const { client, close } = connect(callPatientEcho, address);
  closing.push(close);
  return client;
}

/** A chat that stays open until told otherwise. */
async function openChat(client: ReturnType<typeof clientOf>) {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  async function* requests(): AsyncGenerator<Message> {
    yield { text: 'first' };
    await ended;
    yield { text: 'last' };
  }
  const replies = client.chat(requests(), context())[Symbol.asyncIterator]();
  expect((await replies.next()).value).toMatchObject({ text: 'first' });
  return { end, replies };
}

const exitOf = async ({ child, exit }: Program, signal: NodeJS.Signals): Promise<number | null> => {
  child.kill(signal);
  return exit;
};

test('probes hear first that it goes, while it still answers', async () => {
  const { program, address, probe, client } = await start({ DRAIN_DELAY_MS: '3000' });
  const watch = probe.watch();
  await until('the watch says SERVING', () => watch.seen.includes('SERVING'));
  program.child.kill('SIGTERM');
  await until('the watch says NOT_SERVING', () => watch.seen.at(-1) === 'NOT_SERVING');
  expect(await probe.check()).toBe('NOT_SERVING');
  expect(await probe.check('test.Echo')).toBe('NOT_SERVING');
  expect(await probe.check('liveness')).toBe('SERVING');
  expect(await client.say({ text: 'known' }, context())).toMatchObject({ text: 'known' });
  expect(await clientOf(address).say({ text: 'new' }, context())).toMatchObject({ text: 'new' });
  expect(await program.exit).toBe(0);
  await expect(client.say({}, context())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('calls under way are finished, new ones find no one', async () => {
  const { program, address, client } = await start();
  const chat = await openChat(client);
  const said = client.say({ text: 'slow', count: 1_000 }, context());
  const collected = client.collect(chatter(1_000), context());
  await until('all three are under way', async () => (await program.ask<Started>('handlers')).started === 3);
  program.child.kill('SIGTERM');
  await until('new ones find no one', async () => {
    const refused = clientOf(address).say({}, rootCall({ timeout: '1m' }));
    return refused.then(
      () => false,
      ({ code }: { code: string }) => code === 'UNAVAILABLE',
    );
  });
  expect(await said).toMatchObject({ text: 'slow' });
  expect(await collected).toMatchObject({ count: 9 });
  expect(program.child.exitCode).toBeNull();
  chat.end();
  expect(await chat.replies.next()).toMatchObject({ value: { text: 'last' } });
  expect(await chat.replies.next()).toMatchObject({ done: true });
  expect(await program.exit).toBe(0);
});

interface Started {
  started: number;
}

async function* chatter(ms: number): AsyncGenerator<Message> {
  yield { text: 'first' };
  await new Promise((resolve) => setTimeout(resolve, ms));
  yield { text: 'last' };
}

test('what takes longer than it may is cut, and it goes in peace', async () => {
  const { program, client } = await start({ DRAIN_TIMEOUT_MS: '300' });
  const chat = await openChat(client);
  const said = client.say({ count: 60_000 }, context());
  said.catch(() => undefined);
  await until('both are under way', async () => (await program.ask<Started>('handlers')).started === 2);
  const exit = exitOf(program, 'SIGTERM');
  await expect(said).rejects.toMatchObject({ code: expect.stringMatching(/^(UNAVAILABLE|CANCELLED)$/) });
  await expect(chat.replies.next()).rejects.toMatchObject({ code: expect.stringMatching(/^(UNAVAILABLE|CANCELLED)$/) });
  expect(await exit).toBe(0);
  chat.end();
});

test('who watches its health or reads its descriptors does not keep it', async () => {
  const { program, probe } = await start({ DRAIN_TIMEOUT_MS: '600000' });
  const streams = [probe.watch(), probe.watch('test.Echo'), probe.reflect()];
  await until('all have heard of it', () => streams.every(({ seen }) => seen.length > 0));
  expect(await exitOf(program, 'SIGTERM')).toBe(0);
  expect(await Promise.all(streams.map(({ end }) => end))).toEqual([undefined, undefined, undefined]);
});

test.each(['SIGTERM', 'SIGINT'] as const)('a second signal, %s, ends it in the middle of its drain', async (signal) => {
  const { program, client } = await start({ DRAIN_TIMEOUT_MS: '600000' });
  const chat = await openChat(client);
  program.child.kill('SIGTERM');
  await until('it drains', () => program.output().includes('draining'));
  expect(await exitOf(program, signal)).toBe(1);
  await expect(chat.replies.next()).rejects.toMatchObject({
    code: expect.stringMatching(/^(UNAVAILABLE|CANCELLED)$/),
  });
  chat.end();
});

describe('a service that cannot start', () => {
  /** Somebody else on the port, who takes connections and never says anything. */
  async function taken(): Promise<number> {
    const server = createServer((socket) => closing.push(() => socket.destroy())).listen(0, '127.0.0.1');
    closing.push(() => server.close());
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  test('since its port is taken says so, and holds on to nothing', async () => {
    const mongo = programs.start('embedded-mongodb', { MONGO_PORT: '0' });
    const port = await taken();
    const program = programs.start('failing-start', {
      GRPC_PORT: String(port),
      MONGO_URI: `mongodb://127.0.0.1:${await mongo.port}`,
      ECHO_GRPC_URL: `127.0.0.1:${await taken()}`,
    });
    expect(await program.exit).toBe(0);
    expect(program.output()).toContain(`failed: cannot listen on 127.0.0.1:${port} (GRPC_ADDRESS, GRPC_PORT)`);
  });

  test('since its port is taken ends with 1', async () => {
    const program = programs.start('echo-server', { GRPC_PORT: String(await taken()) });
    expect(await program.exit).toBe(1);
    expect(program.output()).toContain('echo cannot start: cannot listen on 127.0.0.1:');
  });

  test('since its database says nothing goes when told to', async () => {
    const program = programs.start('store-server', {
      GRPC_PORT: '0',
      MONGO_URI: `mongodb://127.0.0.1:${await taken()}`,
    });
    await until('it waits', () => program.output().includes('waiting for MongoDB'));
    expect(await exitOf(program, 'SIGTERM')).toBe(0);
  });
});
