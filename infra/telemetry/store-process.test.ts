import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { build } from 'esbuild';
import { exportOf, sendJson } from './testing/spans';

// The process of npm start with OpenTelemetry's own exporters.

const MIB = 1024 * 1024;
const TRACES_MB = 8;

let root: string;
let child: ChildProcess;
let otlp: string;
let grpc: string;
let query: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'weft-telemetry-process-'));
  symlinkSync(join(__dirname, '../../node_modules'), join(root, 'node_modules'));
  await bundle('main.ts', 'telemetry-store.cjs');
  child = spawn(process.execPath, ['--max-old-space-size=192', join(root, 'telemetry-store.cjs')], {
    env: { OTLP_HTTP_PORT: '0', OTLP_GRPC_PORT: '0', QUERY_PORT: '0', TELEMETRY_TRACES_MB: String(TRACES_MB) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  const [http, rpc, queries] = [...line.matchAll(/\b\d{4,5}\b/g)].map(([port]) => `127.0.0.1:${port}`);
  [otlp, grpc, query] = [`http://${http}`, `http://${rpc}`, `http://${queries}`];
});

afterAll(async () => {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  rmSync(root, { recursive: true });
});

function bundle(from: string, to: string) {
  return build({
    ...{ entryPoints: [join(__dirname, from)], outfile: join(root, to), bundle: true, platform: 'node' },
    ...{ target: 'node20', format: 'cjs', packages: 'external', logLevel: 'silent' },
  });
}

async function trace(id: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${query}/api/v3/traces/${id}`);
  return { status: response.status, text: await response.text() };
}

describe('OpenTelemetry’s exporters', () => {
  let ids: Record<string, string>;

  beforeAll(async () => {
    await bundle('testing/exporters.ts', 'exporters.cjs');
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'exporters.cjs'), otlp, grpc]);
    ids = JSON.parse(stdout) as Record<string, string>;
  });

  test.each(['protobuf', 'protobuf with gzip', 'JSON', 'gRPC', 'gRPC with gzip'])('spans by %s', async (name) => {
    const { status, text } = await trace(ids[name] ?? '');
    expect(status).toBe(200);
    for (const part of [`"by ${name}"`, '"happened"', '"it failed"', '"kind":2']) expect(text).toContain(part);
  });

  test.each(['protobuf', 'gRPC'])('metrics by %s', async (name) => {
    const text = await (await fetch(`${query}/metrics`)).text();
    const [scope, service] = [
      'otel_scope_name="test",otel_scope_schema_url="",otel_scope_version=""',
      `metrics-${name}`,
    ];
    const labels = `job="${service}",${scope},service_name="${service}"`;
    expect(text).toContain(`requests_total{code="OK",${labels}} 3\n`);
    expect(text).toContain(`took_seconds_bucket{${labels},le="1"} 1\n`);
  });
});

test('garbage over gRPC is INVALID_ARGUMENT, with a reason', async () => {
  const client = new Client(grpc.replace('http://', ''), credentials.createInsecure());
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const asIs = (bytes: Buffer): Buffer => bytes;
  const failure = await new Promise((resolve) =>
    client.makeUnaryRequest(path, asIs, asIs, Buffer.from([0xff]), new Metadata(), (error) => resolve(error)),
  );
  client.close();
  expect(failure).toMatchObject({ code: 3, details: expect.stringContaining('the export cannot be read: ') });
});

test('bytes that are not gRPC only end their connection', async () => {
  await fetch(`${grpc}/`).catch(() => undefined);
  expect((await fetch(`${query}/api/v3/services`)).status).toBe(200);
});

test('memory stays flat under a flood', async () => {
  const attributes = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key.${index}`, 'v'.repeat(50)]));
  const flood = async (from: number, batches: number): Promise<void> => {
    for (let batch = from; batch < from + batches; batch += 1) {
      const spans = Array.from({ length: 50 }, (_, index) => {
        const id = (batch * 50 + index + 1_000_000).toString(16);
        return { trace: id, id, name: `op-${index}`, at: index, ms: 5, attributes: { ...attributes, batch, index } };
      });
      expect(
        (await sendJson(otlp, '/v1/traces', exportOf({ 'service.name': `s-${batch}` }, Date.now(), spans))).status,
      ).toBe(200);
    }
  };
  await flood(0, 150);
  const full = memoryOf(child.pid);
  await flood(150, 300);
  const after = memoryOf(child.pid);
  expect(after).toBeLessThan(full * 1.25 + 10 * MIB);
  expect(after).toBeLessThan(400 * MIB);
  const text = await (await fetch(`${query}/metrics`)).text();
  expect(Number(/^weft_telemetry_stored_bytes (\S+)$/m.exec(text)?.[1])).toBeLessThanOrEqual(TRACES_MB * MIB);
});

/** The resident memory of a process in bytes, if the system tells. */
function memoryOf(pid = 0): number {
  if (process.platform !== 'linux') return 0;
  const [, resident = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(resident) * 1024;
}
