import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resources } from '../manifests/resources';
import { chooseTelemetry, sendsTelemetry, type TelemetryChoice } from './telemetry';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-telemetry-'));
});

afterEach(() => rmSync(root, { recursive: true }));

function choose(environment: Record<string, string>, jaeger = false): Promise<TelemetryChoice> {
  let next = 30_000;
  const choosePort = async (wanted?: number): Promise<number> => wanted ?? (next += 1);
  return chooseTelemetry({ environment, appFolder: '/app', stateFolder: join(root, '.weft'), jaeger, choosePort });
}

function pathWithJaeger(): string {
  const folder = join(root, 'bin');
  mkdirSync(folder);
  writeFileSync(join(folder, 'jaeger'), '#!/bin/sh\n');
  chmodSync(join(folder, 'jaeger'), 0o755);
  return folder;
}

/** Short intervals, so that a call can be seen within a second. */
const FAST_EXPORT = {
  OTEL_BSP_SCHEDULE_DELAY: '200',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
  OTEL_METRIC_EXPORT_TIMEOUT: '900',
};

test('services send to the embedded store, on loopback and on the ports of OTLP and Jaeger', async () => {
  const choice = await choose({ TELEMETRY_TRACES_MB: '8' });
  expect(choice.pods).toMatchObject([
    {
      name: 'telemetry',
      command: ['node', expect.stringMatching(/^--max-old-space-size=\d+$/), './telemetry-store.cjs'],
      folder: '/app',
      env: {
        ...{ TELEMETRY_ADDRESS: '127.0.0.1', OTLP_HTTP_PORT: '4318', OTLP_GRPC_PORT: '4317', QUERY_PORT: '16686' },
        TELEMETRY_TRACES_MB: '8',
      },
    },
  ]);
  expect(choice.env).toEqual({ ...FAST_EXPORT, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' });
  const query = 'http://127.0.0.1:16686';
  expect(choice.addresses).toEqual({ otlp: 'http://127.0.0.1:4318', query, metrics: query });
});

test('OTEL_EXPORTER_OTLP_ENDPOINT of the shell wins, and no store is started', async () => {
  const choice = await choose({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example:4318' });
  expect(choice).toMatchObject({
    pods: [],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example:4318' },
    addresses: { otlp: 'http://collector.example:4318' },
  });
  expect(choice.description).toContain('(OTEL_EXPORTER_OTLP_ENDPOINT)');
});

test('services get the shell’s variables for the SDK, but not its identity', async () => {
  const { env } = await choose({
    ...{ OTEL_TRACES_SAMPLER: 'always_off', OTEL_SERVICE_NAME: 'me', OTEL_RESOURCE_ATTRIBUTES: 'a=b', HOME: '/' },
  });
  expect(env).toEqual({
    ...FAST_EXPORT,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    OTEL_TRACES_SAMPLER: 'always_off',
  });
});

test('no store is started if the SDK is off', async () => {
  expect(await choose({ OTEL_SDK_DISABLED: 'true' })).toMatchObject({
    pods: [],
    addresses: undefined,
    description: 'off by OTEL_SDK_DISABLED',
  });
});

test('--jaeger runs the jaeger on PATH in the store’s place; metrics go to the store', async () => {
  const path = pathWithJaeger();
  const choice = await choose({ PATH: path }, true);
  expect(choice.pods.map(({ name }) => name)).toEqual(['jaeger', 'telemetry']);
  const [program, , file = ''] = choice.pods[0]?.command ?? [];
  expect([program, file]).toEqual([join(path, 'jaeger'), join(root, '.weft/jaeger.yaml')]);
  const addresses = readFileSync(file, 'utf8').match(/"endpoint": "[^"]*"/g) ?? [];
  expect(addresses).toHaveLength(5);
  for (const address of addresses) expect(address).toContain('"127.0.0.1:');
  expect(choice.env).toEqual({
    ...FAST_EXPORT,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1\/metrics$/),
  });
  expect(choice.addresses?.query).toBe('http://127.0.0.1:16686');
});

test('--jaeger without a jaeger says where to get one, and the alternatives', async () => {
  await expect(choose({ PATH: root }, true)).rejects.toThrow(
    /needs jaeger on PATH.*jaegertracing\.io.*OTEL_EXPORTER_OTLP_ENDPOINT.*embedded store/,
  );
});

test('--jaeger with an endpoint sends traces there and metrics to the store', async () => {
  const choice = await choose({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger.example:4318' }, true);
  expect(choice.pods.map(({ name }) => name)).toEqual(['telemetry']);
  expect(choice.addresses).toMatchObject({ otlp: 'http://jaeger.example:4318', metrics: 'http://127.0.0.1:16686' });
  expect(choice.env['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('http://jaeger.example:4318');
});

test('manifests send telemetry when a container has a variable of OpenTelemetry', () => {
  const of = (...names: string[]): Resources => {
    const containers = [{ env: names.map((name) => ({ name, value: 'x' })) }];
    return { deployments: [{ spec: { template: { spec: { containers } } } }] } as unknown as Resources;
  };
  expect(sendsTelemetry(of('GRPC_PORT', 'OTEL_SERVICE_NAME'))).toBe(true);
  expect(sendsTelemetry(of('GRPC_PORT'))).toBe(false);
});
