import { ERROR_TYPE, REQUEST_ID, RPC_METHOD, RPC_STATUS, RPC_SYSTEM } from '../../services/kit/telemetry/names';
import type { SpanEntry } from './entry';

const RPC = {
  name: '<package.Service>/<Method>',
  attributes: [RPC_SYSTEM, RPC_METHOD, RPC_STATUS, ERROR_TYPE],
  stability: 'release candidate',
  source: 'OpenTelemetry',
} as const;

/**
 * All kinds of spans. instrumentation-http 0.223.0 and instrumentation-mongodb 0.76.0 know only the stable conventions
 * and ignore OTEL_SEMCONV_STABILITY_OPT_IN.
 *
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.44.0/docs/rpc/rpc-spans.md
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.44.0/docs/http/http-spans.md
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.44.0/docs/database/mongodb.md
 */
export const SPANS: readonly SpanEntry[] = [
  { kind: 'SERVER', description: 'An incoming gRPC call.', ...RPC, attributes: [...RPC.attributes, REQUEST_ID] },
  { kind: 'CLIENT', description: 'An outgoing gRPC call.', ...RPC },
  {
    name: '<VERB> <route template>',
    kind: 'SERVER',
    description: 'An HTTP request to the gateway; only the verb if no route matched.',
    attributes: [
      'http.request.method',
      'http.route',
      'http.response.status_code',
      ERROR_TYPE,
      'url.scheme',
      'network.protocol.version',
      'server.address',
      'server.port',
      REQUEST_ID,
    ],
    stability: 'stable',
    source: 'OpenTelemetry',
  },
  {
    name: '<VERB>',
    kind: 'CLIENT',
    description: 'An HTTP request that a service makes within a call.',
    attributes: [
      'http.request.method',
      'http.response.status_code',
      ERROR_TYPE,
      'network.protocol.version',
      'server.address',
      'server.port',
    ],
    stability: 'stable',
    source: 'OpenTelemetry',
  },
  {
    name: '<command> <collection>',
    kind: 'CLIENT',
    description: 'A command to MongoDB, within a call.',
    attributes: [
      'db.system.name',
      'db.namespace',
      'db.operation.name',
      'db.collection.name',
      'server.address',
      'server.port',
    ],
    stability: 'stable',
    source: 'OpenTelemetry',
  },
];
