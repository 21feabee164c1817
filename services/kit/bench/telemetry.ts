import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** How a process is started. */
export interface Preloaded {
  execArgv: string[];
  environment: Readonly<Record<string, string>>;
}

/** Without the preload, with it, and with the SDK's variables that say how much is recorded. */
export function preloads(endpoint: string): Readonly<Record<string, Preloaded>> {
  const execArgv = ['--require', join(__dirname, '../telemetry.cjs')];
  const exporting = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'bench' };
  const sampled = (ratio: string): Readonly<Record<string, string>> => ({
    ...exporting,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: ratio,
  });
  const none = { execArgv: [], environment: {} };
  return {
    none,
    // The same once more: how far two equals come out apart.
    control: none,
    off: { execArgv, environment: { OTEL_SDK_DISABLED: 'true' } },
    'one in a hundred': { execArgv, environment: sampled('0.01') },
    always: { execArgv, environment: sampled('1') },
  };
}

/** Takes OTLP and keeps nothing. */
export async function startSink(): Promise<{ endpoint: string; stop: () => void }> {
  const server = createServer((request, response) => request.resume().once('end', () => response.end()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => server.close() };
}
