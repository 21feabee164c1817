import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { jaegerConfig } from './jaeger-config';
import { findOnPath } from '../database/on-path';
import type { LocalPod } from '../plan/plan';
import type { Resources } from '../manifests/resources';

/** The addresses for traces and metrics on this machine, for the commands. */
export interface TelemetryAddresses {
  /** The URL for OTLP over HTTP. */
  otlp: string;
  /** The URL of Jaeger's query API, if known. */
  query?: string | undefined;
  /** The base URL of `/metrics`, with the metrics of the services. */
  metrics?: string | undefined;
}

/** Where services on this machine send their telemetry. */
export interface TelemetryChoice {
  pods: LocalPod[];
  /** Variables for every service. */
  env: Record<string, string>;
  addresses: TelemetryAddresses | undefined;
  /** For the board. */
  description: string;
}

interface Surroundings {
  environment: Readonly<Record<string, string | undefined>>;
  appFolder: string;
  stateFolder: string;
  /** Sends traces to a real Jaeger. */
  jaeger: boolean;
  choosePort(wanted?: number): Promise<number>;
}

/** The V8 heap for exports in progress; traces are outside the heap, with a limit of their own. */
const HEAP_MB = 192;

/** Variables that differ from pod to pod. */
const IDENTITY = ['OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES'];

/** True if any of these manifests sends telemetry. */
export function sendsTelemetry({ deployments }: Resources): boolean {
  const containers = deployments.flatMap(({ spec }) => spec.template.spec.containers);
  return containers.some(({ env }) => env.some(({ name }) => name.startsWith('OTEL_')));
}

/**
 * Chooses where telemetry goes: to `OTEL_EXPORTER_OTLP_ENDPOINT` of the shell, else to the embedded store, or with
 * `--jaeger` to the `jaeger` on PATH. Jaeger takes no metrics, so these then go to the embedded store.
 *
 * @throws Error if there is no Jaeger
 */
export async function chooseTelemetry(surroundings: Surroundings): Promise<TelemetryChoice> {
  const { environment, jaeger } = surroundings;
  const env = sdkVariables(environment);
  const given = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true')
    return { pods: [], env, addresses: undefined, description: 'off by OTEL_SDK_DISABLED' };
  if (given && !jaeger)
    return {
      pods: [],
      env,
      addresses: { otlp: given },
      description: `sent to ${given} (OTEL_EXPORTER_OTLP_ENDPOINT)`,
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
      env: { ...FAST_EXPORT, OTEL_EXPORTER_OTLP_ENDPOINT: store.otlp, ...env },
      addresses: { otlp: store.otlp, query: store.query, metrics: store.query },
      description: `${store.query} (embedded)`,
    };
  return {
    pods: [...traces.pods, ...store.pods],
    env: {
      ...FAST_EXPORT,
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.otlp,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${store.otlp}/v1/metrics`,
      ...env,
    },
    addresses: { otlp: traces.otlp, query: traces.query, metrics: store.query },
    description: traces.query ? `${traces.query} (Jaeger)` : `sent to ${traces.otlp} (OTEL_EXPORTER_OTLP_ENDPOINT)`,
  };
}

/** Short export intervals in ms, so that a call can be seen right after it was made. */
const FAST_EXPORT = {
  OTEL_BSP_SCHEDULE_DELAY: '200',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
  OTEL_METRIC_EXPORT_TIMEOUT: '900',
};

/** The variables of the shell for OpenTelemetry SDKs. */
function sdkVariables(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const set = Object.entries(environment).filter(
    ([name, value]) => name.startsWith('OTEL_') && !IDENTITY.includes(name) && value,
  );
  return Object.fromEntries(set) as Record<string, string>;
}

async function embeddedStore({ environment, appFolder, choosePort }: Surroundings) {
  const [http, grpc, query] = [await choosePort(4318), await choosePort(4317), await choosePort(16_686)];
  const settings = Object.entries(environment).filter(([name, value]) => name.startsWith('TELEMETRY_') && value);
  const pod: LocalPod = {
    ...makePod('telemetry', ['node', `--max-old-space-size=${HEAP_MB}`, './telemetry-store.cjs'], appFolder, query),
    env: {
      ...(Object.fromEntries(settings) as Record<string, string>),
      TELEMETRY_ADDRESS: '127.0.0.1',
      ...{ OTLP_HTTP_PORT: String(http), OTLP_GRPC_PORT: String(grpc), QUERY_PORT: String(query) },
    },
  };
  return { pods: [pod], otlp: `http://127.0.0.1:${http}`, query: `http://127.0.0.1:${query}` };
}

async function runJaeger({ environment, appFolder, stateFolder, choosePort }: Surroundings) {
  const program = findOnPath('jaeger', environment['PATH'] ?? '');
  if (!program)
    throw new Error(
      '--jaeger needs jaeger on PATH: install Jaeger v2 (https://www.jaegertracing.io/download), ' +
        'set OTEL_EXPORTER_OTLP_ENDPOINT to a running one, or leave out --jaeger to use the embedded store',
    );
  const [otlpHttp, otlpGrpc] = [await choosePort(4318), await choosePort(4317)];
  const [query, queryGrpc, health] = [await choosePort(16_686), await choosePort(16_685), await choosePort()];
  const file = resolve(stateFolder, 'jaeger.yaml');
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(file, jaegerConfig({ otlpHttp, otlpGrpc, query, queryGrpc, health }));
  const pod = makePod('jaeger', [program, '--config', join(file)], appFolder, query);
  return { pods: [pod], otlp: `http://127.0.0.1:${otlpHttp}`, query: `http://127.0.0.1:${query}` };
}

function makePod(name: string, command: string[], folder: string, port: number): LocalPod {
  const times = { initialDelaySeconds: 0, periodSeconds: 2, failureThreshold: 15, timeoutSeconds: 1 };
  const readiness = { port, ...times };
  return { name, command, folder, env: {}, files: [], graceSeconds: 5, probes: { readiness } };
}
