import {
  DIRECTION,
  ERROR_TYPE,
  OTHER_METHOD,
  REFUSAL,
  REQUEST_ID,
  RPC_METHOD,
  RPC_STATUS,
  RPC_SYSTEM,
} from '../../services/kit/telemetry/names';
import type { AttributeEntry } from './entry';

const GRPC_CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** The conventions for RPC are not final yet. */
const RPC = { stability: 'release candidate', source: 'OpenTelemetry' } as const;
const STABLE = { stability: 'stable', source: 'OpenTelemetry' } as const;
const DEVELOPMENT = { stability: 'development', source: 'OpenTelemetry' } as const;

/** Attributes of spans and metrics that services send. */
export const SERVICE_ATTRIBUTES: readonly AttributeEntry[] = [
  { name: RPC_SYSTEM, description: 'The RPC system.', values: ['grpc'], examples: ['grpc'], ...RPC },
  {
    name: RPC_METHOD,
    description: 'The method, with its contract.',
    values: `the contracts; ${OTHER_METHOD} for a method that no contract has`,
    examples: ['weft.user.v1.UserInfoService/GetUserInfo', 'weft.rag.v1.RagSearchService/StreamSearch', OTHER_METHOD],
    ...RPC,
  },
  {
    name: RPC_STATUS,
    description: 'The gRPC status of a call, by name.',
    values: GRPC_CODES,
    examples: ['OK', 'UNAVAILABLE', 'NOT_FOUND', 'DEADLINE_EXCEEDED'],
    ...RPC,
  },
  {
    name: ERROR_TYPE,
    description: 'The kind of the failure; absent without one.',
    values: 'gRPC statuses, HTTP statuses from 500 up, class names of errors',
    examples: ['UNAVAILABLE', 'DEADLINE_EXCEEDED', '503'],
    ...STABLE,
  },
  {
    name: DIRECTION,
    description: 'The direction of messages, as seen by the counting process.',
    values: ['receive', 'transmit'],
    examples: ['receive', 'transmit'],
    ...DEVELOPMENT,
  },
  {
    name: REFUSAL,
    description: 'Why a server refused a call.',
    values: ['server.too-many-calls', 'server.draining'],
    examples: ['server.too-many-calls', 'server.draining'],
    stability: 'development',
    source: 'Weft',
  },
  {
    name: REQUEST_ID,
    description: 'The request id, `x-request-id`, as log lines have it; spans of proxies have it too.',
    values: 'one for each request that enters the platform',
    examples: ['0b5cf0c5-7d29-9e0e-8d0a-6c1f6f0c9f5e'],
    stability: 'stable',
    source: 'Envoy',
  },
  {
    name: 'http.request.method',
    description: 'The HTTP method.',
    values: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', '_OTHER'],
    examples: ['GET', 'POST'],
    ...STABLE,
  },
  {
    name: 'http.route',
    description: 'The template of the route that a request matched; absent without a match.',
    values: 'google.api.http options of the contracts, and the gateway for its own pages',
    examples: ['/v1/users/{user_id}', '/v1/rag/{rag_code}/search', '/readyz'],
    ...STABLE,
  },
  {
    name: 'http.response.status_code',
    description: 'The HTTP status.',
    values: 'HTTP statuses',
    examples: ['200', '503', '404'],
    ...STABLE,
  },
  { name: 'url.scheme', description: 'The scheme.', values: ['http', 'https'], examples: ['http'], ...STABLE },
  {
    name: 'network.protocol.version',
    description: 'The version of HTTP.',
    values: ['1.0', '1.1', '2'],
    examples: ['1.1'],
    ...STABLE,
  },
  {
    name: 'server.address',
    description: 'The host that was called, as named by the caller.',
    values: 'declarations, the store’s connection string, and the Host header on server spans',
    examples: ['mongodb.weft'],
    ...STABLE,
  },
  { name: 'server.port', description: 'The port of that host.', values: 'as above', examples: ['27017'], ...STABLE },
  {
    name: 'db.system.name',
    description: 'The database.',
    values: ['mongodb'],
    examples: ['mongodb'],
    ...STABLE,
  },
  {
    name: 'db.namespace',
    description: 'The name of the database.',
    values: 'the connection string',
    examples: ['rag-search'],
    ...STABLE,
  },
  {
    name: 'db.operation.name',
    description: 'The MongoDB command.',
    values: 'commands of MongoDB',
    examples: ['find', 'update'],
    ...STABLE,
  },
  {
    name: 'db.collection.name',
    description: 'The collection, or `$cmd` for commands to the whole database.',
    values: 'the stores of services',
    examples: ['chunks', '$cmd'],
    ...STABLE,
  },
  {
    name: 'db.client.connection.pool.name',
    description: 'Host, port and database of a pool, without credentials.',
    values: 'the connection string',
    examples: ['mongodb://mongodb:27017/rag-search'],
    ...DEVELOPMENT,
  },
  {
    name: 'db.client.connection.state',
    description: 'Whether it is in use.',
    values: ['idle', 'used'],
    examples: ['idle', 'used'],
    ...DEVELOPMENT,
  },
];
