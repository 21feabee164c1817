import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { build } from 'esbuild';
import { deployment } from './testing/manifests';
import { until } from './testing/pods';
import { type Platform, startPlatform } from './processes/platform';
import { readRunFile } from './processes/run-file';

// A platform with one service, which sends a span now and then, and the built store.

const SENDS = `
  const url = process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces';
  let sent = 0;
  setInterval(() => {
    const nanos = String(BigInt(Date.now()) * 1000000n);
    const id = (sent += 1).toString(16);
    const span = { traceId: id.padStart(32, '0'), spanId: id.padStart(16, '0'), name: 'tick', startTimeUnixNano: nanos, endTimeUnixNano: nanos };
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'ticker' } }] };
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(() => undefined);
  }, 50);
`;

let root: string;
let printed: string[];
let platform: Platform;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'weft-platform-telemetry-'));
  printed = [];
  for (const folder of ['dist', 'build']) mkdirSync(join(root, folder));
  const project = join(__dirname, '../..');
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  await build({
    ...{ entryPoints: [join(project, 'infra/telemetry/main.ts')], outfile: join(root, 'build/telemetry-store.cjs') },
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', packages: 'external', logLevel: 'silent' },
  });
  writeFileSync(join(root, 'build/worker.cjs'), SENDS);
  const env = [{ name: 'OTEL_SERVICE_NAME', value: 'ticker' }];
  writeFileSync(join(root, 'dist/ticker.yaml'), JSON.stringify(deployment('worker', { env })));
  platform = await startPlatform({
    ...{ manifests: join(root, 'dist'), appFolder: join(root, 'build'), stateFolder: join(root, '.weft') },
    ...{ only: [], environment: {}, startedAt: performance.now() },
    print: (text) => void printed.push(stripVTControlCharacters(text)),
  });
});

afterAll(async () => {
  await platform.stop();
  rmSync(root, { recursive: true });
});

const run = () => readRunFile(join(root, '.weft/run.json'));

async function services(): Promise<string[]> {
  const response = await fetch(`${run()?.telemetry?.query}/api/v3/services`).catch(() => undefined);
  return ((await response?.json()) as { services: string[] } | undefined)?.services ?? [];
}

test('the board and run.json have the address of traces', async () => {
  await until(() => printed.join('\n').includes('ready in'));
  const { query, otlp, metrics } = run()?.telemetry ?? {};
  expect(printed.join('\n')).toMatch(new RegExp(`traces +${query} \\(embedded\\)`));
  for (const each of [query, otlp, metrics]) expect(each).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('the spans of a service can be queried', async () => {
  await until(async () => (await services()).includes('ticker'));
});

test('a store that dies is restarted, and services go on', async () => {
  const pidOf = (name: string) => run()?.pods.find((pod) => pod.name === name)?.pid ?? 0;
  const [worker, before] = [pidOf('worker-0'), pidOf('telemetry')];
  process.kill(before, 'SIGKILL');
  await until(() => ![0, before].includes(pidOf('telemetry')));
  await until(async () => (await services()).includes('ticker'));
  expect(pidOf('worker-0')).toBe(worker);
  expect(printed.join('\n')).toContain('restarting');
});
