/**
 * The names of Weft's metrics and attributes, from OpenTelemetry's semantic conventions 1.44. Those of RPC are a release
 * candidate and will change once more (the next version calls the status `rpc.status_code`), so they are only here.
 *
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.44.0/docs/rpc/rpc-metrics.md
 */
export const CONVENTIONS_VERSION = '1.44.0';

/** Histograms, in seconds. */
export const RPC_SERVER_DURATION = 'rpc.server.call.duration';
export const RPC_CLIENT_DURATION = 'rpc.client.call.duration';
export const HTTP_SERVER_DURATION = 'http.server.request.duration';
export const HTTP_CLIENT_DURATION = 'http.client.request.duration';

/** Weft's own counters: messages of streams, by method and direction (`receive`, `transmit`). */
export const RPC_SERVER_MESSAGES = 'weft.rpc.server.messages';
export const RPC_CLIENT_MESSAGES = 'weft.rpc.client.messages';

/** The calls that a server is running. */
export const RPC_SERVER_ACTIVE = 'weft.rpc.server.active_calls';

/** Calls that a server refused, by method and reason: too many at once, or draining. */
export const RPC_SERVER_REFUSED = 'weft.rpc.server.refused_calls';

/** Attributes. */
export const RPC_SYSTEM = 'rpc.system.name';
/** `weft.user.v1.UserInfoService/GetUserInfo`, or {@link OTHER_METHOD}. */
export const RPC_METHOD = 'rpc.method';
/** The name of a gRPC status, such as `NOT_FOUND`. */
export const RPC_STATUS = 'rpc.response.status_code';
/** The request id on server spans, under the name that Envoy's spans have it. */
export const REQUEST_ID = 'guid:x-request-id';
export const ERROR_TYPE = 'error.type';
export const DIRECTION = 'network.io.direction';
export const REFUSAL = 'weft.refusal.reason';

/** The name of all unknown methods. Callers choose those paths, so they must not name time series. */
export const OTHER_METHOD = '_OTHER';

/** The bounds of histograms of durations, in seconds. */
export const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const;

/** The statuses that count as failures of a server. Others are the caller's mistake, or an answer. */
export const SERVER_ERRORS = [
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
] as const;
