import {
  DIRECTION,
  ERROR_TYPE,
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

/** Of calls and requests, and of the pool that MongoDB's driver keeps. */
export const SERVICE_METRICS: readonly MetricEntry[] = [
  { name: RPC_SERVER_DURATION, description: 'How long calls took that a service answered.', ...RPC },
  { name: RPC_CLIENT_DURATION, description: 'How long calls took that a service made.', ...RPC },
  { name: RPC_SERVER_MESSAGES, description: 'Messages of streams that a service answered.', ...MESSAGES },
  { name: RPC_CLIENT_MESSAGES, description: 'Messages of streams that a service opened.', ...MESSAGES },
  {
    name: RPC_SERVER_ACTIVE,
    type: 'upDownCounter',
    unit: '{call}',
    description: 'Calls that a service has under way.',
    attributes: [],
    stability: 'development',
    source: 'Weft',
  },
  {
    name: RPC_SERVER_REFUSED,
    type: 'counter',
    unit: '{call}',
    description: 'Calls that a service refused, or ended when it was about to stop.',
    attributes: [...METHOD, REFUSAL],
    stability: 'development',
    source: 'Weft',
  },
  {
    name: HTTP_SERVER_DURATION,
    type: 'histogram',
    unit: 's',
    description: 'How long HTTP requests took.',
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
    // instrumentation-mongodb 0.76.0 counts when the driver takes a session and gives it back, not when it connects.
    name: 'db.client.connection.count',
    type: 'upDownCounter',
    unit: '{connection}',
    description: 'Sessions of the MongoDB driver, by which the instrumentation counts connections.',
    attributes: ['db.client.connection.pool.name', 'db.client.connection.state'],
    stability: 'development',
    source: 'OpenTelemetry',
  },
];
