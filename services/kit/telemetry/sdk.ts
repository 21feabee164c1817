import { type Attributes, diag, DiagLogLevel } from '@opentelemetry/api';
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
 * What the SDK does where no variable says otherwise. Baggage is left out, since anybody could put anything in front of
 * every service; the detectors of host and process would tell command lines and cost time.
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_PROPAGATORS: 'tracecontext',
  OTEL_NODE_RESOURCE_DETECTORS: 'env,serviceinstance',
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1024',
};

/** What the kubelet asks every few seconds, and nobody wants to read about. */
const PROBES = new Set(['/livez', '/readyz']);

/**
 * Starts OpenTelemetry's SDK, before anything is loaded that it instruments. All of its standard variables hold.
 *
 * @param environment is completed by {@link DEFAULTS}
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

/** Of a request: who sent it, and values. A path has some in it, and a query is what people search for. */
const LEFT_OUT: Attributes = Object.fromEntries(
  ['url.path', 'url.query', 'client.address', 'network.peer.address', 'network.peer.port', 'user_agent.original'].map(
    (name) => [name, undefined],
  ),
);

/** gRPC is instrumented by the kit itself, at a fraction of what it costs to wrap grpc-js. */
function instrumentations(): Instrumentation[] {
  const http = new HttpInstrumentation({
    ignoreIncomingRequestHook: ({ url = '' }) => PROBES.has(url),
    startIncomingSpanHook: () => LEFT_OUT,
    requireParentforOutgoingSpans: true,
  });
  // Even with its values taken out, a query is longer than all else that a span says.
  const mongodb = new MongoDBInstrumentation({ dbStatementSerializer: () => undefined as unknown as string });
  for (const instrumentation of [http, mongodb]) instrumentation.setTracerProvider(WITHOUT_MESSAGES);
  return [http, mongodb, new RuntimeNodeInstrumentation()];
}
