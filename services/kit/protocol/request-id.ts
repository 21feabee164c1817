import { randomUUID } from 'node:crypto';

/**
 * The header that Envoy gives each request without one, keeps between services, and writes into its access logs and
 * spans.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-request-id
 */
export const REQUEST_ID_HEADER = 'x-request-id';

/** The caller's request id if it can be forwarded and logged, else a new one. */
export function requestIdOr(given: unknown): string {
  return typeof given === 'string' && /^[\w.:+/=-]{1,128}$/.test(given) ? given : randomUUID();
}
