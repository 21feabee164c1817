import type { Memory } from '../testing/programs/memory';
import { buildPrograms, type Program, type Programs } from '../testing/programs/programs';
import { until } from '../testing/programs/until';

// Streams are as fast as their slower end: what is ahead of it waits where it is made, and not in memory.

const MB = 1024 * 1024;

/** How much more memory than at rest a process may have, in MB, whatever it streams. */
const MARGIN = 50;

let programs: Programs;

beforeAll(async () => {
  programs = await buildPrograms(
    'services/kit/testing/programs/echo-server.ts',
    'services/kit/testing/programs/echo-client.ts',
  );
});

afterEach(() => programs.killAll());

afterAll(() => programs.remove());

async function start(environment: Record<string, string> = {}): Promise<{ server: Program; client: Program }> {
  const server = programs.start('echo-server', { GRPC_PORT: '0', ...environment }, ['--expose-gc']);
  const url = `127.0.0.1:${await server.port}`;
  return { server, client: programs.start('echo-client', { ECHO_GRPC_URL: url }, ['--expose-gc']) };
}

/** @returns by how much the memory of processes rose during some work, in MB */
async function growth(processes: Program[], work: () => Promise<void>): Promise<number[]> {
  const before = await Promise.all(processes.map((each) => each.ask<Memory>('restart')));
  await work();
  const after = await Promise.all(processes.map((each) => each.ask<Memory>('memory')));
  return after.map(({ peak }, index) => peak - (before[index]?.rss ?? 0));
}

test('500 MB of replies to a reader of 20 MB/s do not pile up in the server', async () => {
  const { server, client } = await start();
  const [ofServer, ofClient] = await growth([server, client], async () => {
    expect(await client.ask('read')).toBe(500 * MB);
  });
  expect(ofServer).toBeLessThan(MARGIN);
  expect(ofClient).toBeLessThan(MARGIN);
});

test('100 MB of requests to a handler of 20 MB/s do not pile up at either end', async () => {
  const { server, client } = await start({ READ_BYTES_PER_SECOND: String(20e6) });
  const [ofServer, ofClient] = await growth([server, client], async () => {
    expect(await client.ask('send')).toBe(100 * MB);
  });
  expect(ofServer).toBeLessThan(MARGIN);
  expect(ofClient).toBeLessThan(MARGIN);
});

test('10,000 streams that were left in the middle leave nothing behind', async () => {
  const { server, client } = await start();
  const rounds: { memory: Memory; handles: number }[] = [];
  for (let round = 0; round < 5; round += 1) {
    expect(await client.ask('leave')).toBe(2_000);
    await until('every handler has ended', async () => {
      const { started, ended } = await server.ask<{ started: number; ended: number }>('handlers');
      return started === ended && started > round * 2_000;
    });
    rounds.push({ memory: await server.ask<Memory>('restart'), handles: await server.ask<number>('handles') });
  }
  const [first, last] = [rounds[0], rounds.at(-1)];
  expect((last?.memory.heapUsed ?? NaN) - (first?.memory.heapUsed ?? NaN)).toBeLessThan(4);
  expect((last?.memory.rss ?? NaN) - (first?.memory.rss ?? NaN)).toBeLessThan(30);
  expect(last?.handles).toBe(first?.handles);
});
