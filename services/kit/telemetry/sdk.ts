import { type Attributes, context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { MongoDBInstrumentation } from '@opentelemetry/instrumentation-mongodb';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { createDiagnostics } from './diagnostics';
import { WITHOUT_MESSAGES } from './without-messages';

/** Environment variables of a process. */
type Environment = Record<string, string | undefined>;

/**
 * Defaults for the SDK's variables. Baggage is off, since any caller could send it to every service. The detectors of host
 * and process are off, since they report command lines and take time.
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_PROPAGATORS: 'tracecontext',
  OTEL_NODE_RESOURCE_DETECTORS: 'env,serviceinstance',
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1024',
};

/** The kubelet's probes, which come every few seconds. */
const PROBES = new Set(['/livez', '/readyz']);

/**
 * Starts OpenTelemetry's SDK. Call this before loading anything that it instruments. All its standard variables work.
 *
 * @param environment gets the {@link DEFAULTS} that it lacks
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function startTelemetry(environment: Environment): void {
  for (const [name, value] of Object.entries(DEFAULTS)) environment[name] ||= value;
  if (!environment['OTEL_LOG_LEVEL']) quiet(environment['OTEL_SERVICE_NAME'] ?? '');
  new NodeSDK({ instrumentations: instrumentations() }).start();
}

function quiet(service: string): void {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  diag.setLogger(createDiagnostics(service, write), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** Attributes of a request that identify its sender or contain values, as paths and queries do. */
const LEFT_OUT: Attributes = {
  'url.path': undefined,
  'url.query': undefined,
  'url.full': undefined,
  'client.address': undefined,
  'network.peer.address': undefined,
  'network.peer.port': undefined,
  'user_agent.original': undefined,
};

/** Not for gRPC: the kit makes those spans itself, at a fraction of the cost of wrapping grpc-js. */
function instrumentations(): Instrumentation[] {
  const http = new HttpInstrumentation({
    ignoreIncomingRequestHook: ({ url = '' }) => PROBES.has(url),
    startIncomingSpanHook: () => LEFT_OUT,
    startOutgoingSpanHook: () => LEFT_OUT,
    // Without this the exporters' own requests would be measured too.
    ignoreOutgoingRequestHook: () => trace.getSpan(context.active()) === undefined,
  });
  // Even without its values, a query is longer than the rest of a span.
  const mongodb = new MongoDBInstrumentation({ dbStatementSerializer: () => undefined as unknown as string });
  for (const instrumentation of [http, mongodb]) instrumentation.setTracerProvider(WITHOUT_MESSAGES);
  return [http, mongodb, new RuntimeNodeInstrumentation()];
}
