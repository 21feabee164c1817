import type { Duration } from './duration';

/** The deadline of a unary call that `timeouts` does not name. */
export const DEFAULT_TIMEOUT: Duration = '3s';

/** The port of every gRPC service in a cluster. */
export const GRPC_PORT = 50_051;

/** The port of every HTTP service in a cluster. */
export const HTTP_PORT = 8080;

/** The service name of liveness probes in gRPC health: it is SERVING as long as the process answers. */
export const LIVENESS = 'liveness';
