import {
  DIRECTION,
  ERROR_TYPE,
  HTTP_CLIENT_DURATION,
  HTTP_SERVER_DURATION,
  REFUSAL,
  RPC_CLIENT_DURATION,
  RPC_CLIENT_MESSAGES,
  RPC_METHOD,
  RPC_SERVER_ACTIVE,
  RPC_SERVER_DURATION,
  RPC_SERVER_MESSAGES,
  RPC_SERVER_REFUSED,
  RPC_STATUS,
  RPC_SYSTEM,
} from '../../services/kit/telemetry/names';
import type { MetricEntry } from './entry';

const METHOD = [RPC_SYSTEM, RPC_METHOD];

const RPC = {
  type: 'histogram',
  unit: 's',
  attributes: [...METHOD, RPC_STATUS, ERROR_TYPE],
  stability: 'release candidate',
  source: 'OpenTelemetry',
} as const;

const MESSAGES = {
  type: 'counter',
  unit: '{message}',
  attributes: [...METHOD, DIRECTION],
  stability: 'development',
  source: 'Weft',
} as const;

/** Metrics of calls, of requests, and of the pool of MongoDB's driver. */
export const SERVICE_METRICS: readonly MetricEntry[] = [
  { name: RPC_SERVER_DURATION, description: 'The duration of incoming calls.', ...RPC },
  { name: RPC_CLIENT_DURATION, description: 'The duration of outgoing calls.', ...RPC },
  { name: RPC_SERVER_MESSAGES, description: 'Messages of incoming streams.', ...MESSAGES },
  { name: RPC_CLIENT_MESSAGES, description: 'Messages of outgoing streams.', ...MESSAGES },
  {
    name: RPC_SERVER_ACTIVE,
    type: 'upDownCounter',
    unit: '{call}',
    description: 'Incoming calls in progress.',
    attributes: [],
    stability: 'development',
    source: 'Weft',
  },
  {
    name: RPC_SERVER_REFUSED,
    type: 'counter',
    unit: '{call}',
    description: 'Calls that a service refused, or ended because it was stopping.',
    attributes: [...METHOD, REFUSAL],
    stability: 'development',
    source: 'Weft',
  },
  {
    name: HTTP_SERVER_DURATION,
    type: 'histogram',
    unit: 's',
    description: 'The duration of incoming HTTP requests.',
    attributes: [
      'http.request.method',
      'http.route',
      'http.response.status_code',
      ERROR_TYPE,
      'url.scheme',
      'network.protocol.version',
    ],
    stability: 'stable',
    source: 'OpenTelemetry',
  },
  {
    name: HTTP_CLIENT_DURATION,
    type: 'histogram',
    unit: 's',
    description: 'The duration of HTTP requests that a service makes within calls.',
    attributes: [
      'http.request.method',
      'http.response.status_code',
      ERROR_TYPE,
      'server.address',
      'server.port',
      'network.protocol.version',
    ],
    stability: 'stable',
    source: 'OpenTelemetry',
  },
  {
    // instrumentation-mongodb 0.76.0 counts when the driver takes and returns a session, not when it connects.
    name: 'db.client.connection.count',
    type: 'upDownCounter',
    unit: '{connection}',
    description: 'Sessions of the MongoDB driver; the instrumentation counts them as connections.',
    attributes: ['db.client.connection.pool.name', 'db.client.connection.state'],
    stability: 'development',
    source: 'OpenTelemetry',
  },
];
