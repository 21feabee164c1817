import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { jaegerConfig } from './jaeger-config';
import { onPath } from '../database/on-path';
import type { LocalPod } from '../plan/plan';
import type { Resources } from '../manifests/resources';

/** Where traces and metrics of this machine are, for the commands. */
export interface TelemetryAddresses {
  /** Where services send OTLP over HTTP. */
  otlp: string;
  /** Jaeger's query API, where it is known. */
  query?: string | undefined;
  /** What has `/metrics` with the metrics of the services. */
  metrics?: string | undefined;
}

/** What becomes of the telemetry of services on this machine. */
export interface TelemetryChoice {
  pods: LocalPod[];
  /** Variables for every service. */
  env: Record<string, string>;
  addresses: TelemetryAddresses | undefined;
  /** For the board. */
  words: string;
}

interface Surroundings {
  environment: Readonly<Record<string, string | undefined>>;
  appFolder: string;
  stateFolder: string;
  /** Whether a real Jaeger is to have the traces. */
  jaeger: boolean;
  choosePort(wanted?: number): Promise<number>;
}

/** Of V8's heap, for what is received at the moment; traces lie outside of it, within a limit of the store's own. */
const HEAP_MB = 192;

/** Says who somebody is, which is another in every pod. */
const IDENTITY = ['OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES'];

/** Whether any of these manifests sends telemetry. */
export function sendsTelemetry({ deployments }: Resources): boolean {
  const containers = deployments.flatMap(({ spec }) => spec.template.spec.containers);
  return containers.some(({ env }) => env.some(({ name }) => name.startsWith('OTEL_')));
}

/**
 * `OTEL_EXPORTER_OTLP_ENDPOINT` of the shell wins; else the embedded store is started, or with `--jaeger` a `jaeger` that
 * is on PATH. Jaeger takes no metrics, so then these go to the embedded store.
 *
 * @throws Error when there is no Jaeger
 */
export async function chooseTelemetry(surroundings: Surroundings): Promise<TelemetryChoice> {
  const { environment, jaeger } = surroundings;
  const env = ownVariables(environment);
  const given = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true')
    return { pods: [], env, addresses: undefined, words: 'off, as OTEL_SDK_DISABLED says' };
  if (given && !jaeger)
    return {
      pods: [],
      env,
      addresses: { otlp: given },
      words: `sent to ${given}, as OTEL_EXPORTER_OTLP_ENDPOINT says`,
    };
  const traces = given
    ? { pods: [], otlp: given, query: undefined }
    : jaeger
      ? await runJaeger(surroundings)
      : undefined;
  const store = await embeddedStore(surroundings);
  if (!traces)
    return {
      pods: store.pods,
      env: { ...OFTEN, OTEL_EXPORTER_OTLP_ENDPOINT: store.otlp, ...env },
      addresses: { otlp: store.otlp, query: store.query, metrics: store.query },
      words: `${store.query} (embedded)`,
    };
  return {
    pods: [...traces.pods, ...store.pods],
    env: {
      ...OFTEN,
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.otlp,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${store.otlp}/v1/metrics`,
      ...env,
    },
    addresses: { otlp: traces.otlp, query: traces.query, metrics: store.query },
    words: traces.query ? `${traces.query} (Jaeger)` : `sent to ${traces.otlp}, as OTEL_EXPORTER_OTLP_ENDPOINT says`,
  };
}

/** Whoever has just made a call wants to see it, and nothing is far away: how long what is recorded may wait, in ms. */
const OFTEN = {
  OTEL_BSP_SCHEDULE_DELAY: '200',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
  OTEL_METRIC_EXPORT_TIMEOUT: '900',
};

/** What the shell says to every OpenTelemetry SDK. */
function ownVariables(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const said = Object.entries(environment).filter(
    ([name, value]) => name.startsWith('OTEL_') && !IDENTITY.includes(name) && value,
  );
  return Object.fromEntries(said) as Record<string, string>;
}

async function embeddedStore({ environment, appFolder, choosePort }: Surroundings) {
  const [http, grpc, query] = [await choosePort(4318), await choosePort(4317), await choosePort(16_686)];
  const settings = Object.entries(environment).filter(([name, value]) => name.startsWith('TELEMETRY_') && value);
  const pod: LocalPod = {
    ...podOf('telemetry', ['node', `--max-old-space-size=${HEAP_MB}`, './telemetry-store.cjs'], appFolder, query),
    env: {
      ...(Object.fromEntries(settings) as Record<string, string>),
      TELEMETRY_ADDRESS: '127.0.0.1',
      ...{ OTLP_HTTP_PORT: String(http), OTLP_GRPC_PORT: String(grpc), QUERY_PORT: String(query) },
    },
  };
  return { pods: [pod], otlp: `http://127.0.0.1:${http}`, query: `http://127.0.0.1:${query}` };
}

async function runJaeger({ environment, appFolder, stateFolder, choosePort }: Surroundings) {
  const program = onPath('jaeger', environment['PATH'] ?? '');
  if (!program)
    throw new Error(
      'there is no jaeger on PATH, which --jaeger needs: put Jaeger v2 there ' +
        '(https://www.jaegertracing.io/download), or set OTEL_EXPORTER_OTLP_ENDPOINT to one that runs; ' +
        'without --jaeger an embedded store keeps the traces',
    );
  const [otlpHttp, otlpGrpc] = [await choosePort(4318), await choosePort(4317)];
  const [query, queryGrpc, health] = [await choosePort(16_686), await choosePort(16_685), await choosePort()];
  const file = resolve(stateFolder, 'jaeger.yaml');
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(file, jaegerConfig({ otlpHttp, otlpGrpc, query, queryGrpc, health }));
  const pod = podOf('jaeger', [program, '--config', join(file)], appFolder, query);
  return { pods: [pod], otlp: `http://127.0.0.1:${otlpHttp}`, query: `http://127.0.0.1:${query}` };
}

function podOf(name: string, command: string[], folder: string, port: number): LocalPod {
  const times = { initialDelaySeconds: 0, periodSeconds: 2, failureThreshold: 15, timeoutSeconds: 1 };
  const readiness = { port, ...times };
  return { name, command, folder, env: {}, files: [], graceSeconds: 5, probes: { readiness } };
}
