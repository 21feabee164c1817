import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import type { Memory } from '../testing/programs/memory';
import { buildPrograms, freePort, type Program, type Programs } from '../testing/programs/programs';
import { callPatientEcho } from '../testing/programs/patient-echo';

// A service with its telemetry on, and a collector that is not as it should be.

let programs: Programs;
let collector: Server | undefined;

beforeAll(async () => {
  programs = await buildPrograms('services/kit/testing/programs/echo-server.ts', 'services/kit/telemetry/preload.ts');
});

afterEach(() => {
  programs.killAll();
  collector?.closeAllConnections();
  collector?.close();
  collector = undefined;
});

afterAll(() => programs.remove());

/** @returns its address */
async function startCollector(answer: (response: ServerResponse, body: Buffer, path: string) => void): Promise<string> {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(response, Buffer.concat(chunks), request.url ?? ''));
  });
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
}

function startEcho(endpoint: string): Program {
  return programs.start(
    'echo-server',
    {
      GRPC_PORT: '0',
      LOG_LEVEL: 'info',
      LOG_CALLS_PER_SECOND: '0',
      OTEL_SERVICE_NAME: 'echo',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_BSP_EXPORT_TIMEOUT: '500',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_METRIC_EXPORT_TIMEOUT: '150',
      OTEL_EXPORTER_OTLP_TIMEOUT: '400',
    },
    ['--expose-gc', '--require', programs.path('preload')],
  );
}

async function callMany(port: number, calls: number): Promise<void> {
  const { client, close } = connect(callPatientEcho, `127.0.0.1:${port}`);
  const call = () => client.say({ text: 'x'.repeat(100), count: 0 }, rootCall({ timeout: '30s' }));
  for (let done = 0; done < calls; done += 100) await Promise.all(Array.from({ length: 100 }, call));
  close();
}

/** The lines in which a service speaks of its telemetry. */
function telemetryLines({ output }: Program): string[] {
  return output()
    .split('\n')
    .filter((line) => line.includes('"msg":"telemetry"'));
}

test.each<[string, () => Promise<string>]>([
  ['is away', async () => `http://127.0.0.1:${await freePort()}`],
  ['never answers', () => startCollector(() => undefined)],
  [
    'answers 503',
    () =>
      startCollector((response) => response.writeHead(503, { 'retry-after': '1' }).end('a secret of the collector')),
  ],
  ['answers 400', () => startCollector((response) => response.writeHead(400).end('no'))],
  ['does not answer with OTLP', () => startCollector((response) => response.end('<html>'))],
])('a collector that %s costs no call, no memory, and a line a minute', async (_, start) => {
  const echo = startEcho(await start());
  const port = await echo.port;
  await callMany(port, 2_000);
  const before = await echo.ask<Memory>('restart');
  await callMany(port, 6_000);
  const after = await echo.ask<Memory>('restart');
  // Six thousand unsent spans would be 20 MB.
  expect(after.heapUsed - before.heapUsed).toBeLessThan(8);
  expect(telemetryLines(echo).length).toBeLessThanOrEqual(1);
  echo.child.kill('SIGTERM');
  expect(await echo.exit).toBe(0);
});

test('what was recorded last is sent before the process ends', async () => {
  const seen = { traces: 0, metrics: 0 };
  const endpoint = await startCollector((response, body, path) => {
    if (path === '/v1/traces') seen.traces += body.toString('latin1').split('rpc.response.status_code').length - 1;
    if (path === '/v1/metrics') seen.metrics += 1;
    response.end();
  });
  const echo = programs.start(
    'echo-server',
    {
      GRPC_PORT: '0',
      OTEL_SERVICE_NAME: 'echo',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '600000',
      OTEL_METRIC_EXPORT_INTERVAL: '600000',
    },
    ['--require', programs.path('preload')],
  );
  await callMany(await echo.port, 100);
  expect(seen).toEqual({ traces: 0, metrics: 0 });
  echo.child.kill('SIGTERM');
  expect(await echo.exit).toBe(0);
  expect(seen).toEqual({ traces: 100, metrics: 1 });
});

test('with the SDK disabled nothing is sent and calls go on', async () => {
  let requests = 0;
  const endpoint = await startCollector((response) => {
    requests += 1;
    response.end();
  });
  const environment = { GRPC_PORT: '0', OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  const echo = programs.start('echo-server', environment, ['--require', programs.path('preload')]);
  await callMany(await echo.port, 100);
  echo.child.kill('SIGTERM');
  expect(await echo.exit).toBe(0);
  expect(requests).toBe(0);
});
