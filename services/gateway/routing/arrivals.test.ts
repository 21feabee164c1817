import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import pino from 'pino';
import { createSampler } from '../../kit/logging/call-log';
import { watchArrivals } from './arrivals';
import { serveGateway } from '../testing/serve';

const log = pino({ level: 'trace' }, { write: (line) => lines.push(JSON.parse(line) as Record<string, number>) });

let lines: Record<string, number>[];
let now: number;
let server: Server;
let agent: Agent;

beforeEach(async () => {
  lines = [];
  now = 1_000_000;
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
  // Answers with the status that the path names.
  server = createServer(({ url = '' }, response) => {
    response.statusCode = Number(/^\/(\d+)/.exec(url)?.[1] ?? 200);
    response.end('x'.repeat(100));
  });
  const sample = createSampler(2, () => now);
  watchArrivals(server, log, sample);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(async () => {
  agent.destroy();
  await once(server.close(), 'close');
});

/** Requests of one connection, one after the other. */
async function ask(...paths: string[]): Promise<void> {
  const { port } = server.address() as AddressInfo;
  for (const path of paths) {
    const sent = request({ host: '127.0.0.1', port, path, agent }).end();
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    await text(response);
  }
}

const told = () => lines.map(({ status, skipped }) => [status, skipped]);

test('so many requests have a line in a second, and the next line says how many had none', async () => {
  await ask('/200', '/200', '/200', '/200', '/200');
  now += 1_000;
  await ask('/200', '/200');
  expect(told()).toEqual([
    [200, undefined],
    [200, undefined],
    [200, 3],
    [200, undefined],
  ]);
});

test('every status has lines of its own, so that rare ones are not lost', async () => {
  await ask('/200', '/200', '/200', '/404', '/503', '/204');
  expect(told().map(([status]) => status)).toEqual([200, 200, 404, 503, 204]);
});

test('probes take no line from others', async () => {
  await ask('/livez', '/readyz', '/livez', '/200', '/200');
  expect(told()).toEqual([
    [200, undefined],
    [200, undefined],
  ]);
});

test('the bytes of a request without a line are not those of the next one', async () => {
  await ask('/200', '/200', '/200', '/200');
  now += 1_000;
  await ask('/200');
  const [first, second, third] = lines.map(({ bytesIn, bytesOut }) => ({ bytesIn, bytesOut }));
  expect(first?.bytesOut).toBeGreaterThan(100);
  expect([second, third]).toEqual([first, first]);
});

test.each([
  ['no line', 0, 0],
  ['a line', 100, 1],
])('the gateway writes %s where the setting is %i', async (_, linesPerSecond, count) => {
  const gateway = await serveGateway({}, { log, settings: { LOG_CALLS_PER_SECOND: linesPerSecond } });
  const response = await fetch(`${gateway.url}/v1/nothing`);
  await response.text();
  await gateway.stop();
  expect(lines).toHaveLength(count);
});
