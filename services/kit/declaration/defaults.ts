import type { Duration } from './duration';

/** The default deadline of a unary call, unless `timeouts` says otherwise. */
export const DEFAULT_TIMEOUT: Duration = '3s';

/** The port of every gRPC service in a cluster. */
export const GRPC_PORT = 50_051;

/** The port of every HTTP service in a cluster. */
export const HTTP_PORT = 8080;

/** The name that liveness probes ask gRPC health for: it serves as long as the process answers at all. */
export const LIVENESS = 'liveness';
