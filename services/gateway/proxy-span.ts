import type { FastifyReply, FastifyRequest } from 'fastify';

/** Set by Istio's proxies with the caller's identity, so only in a mesh. */
const FORWARDED_CERTIFICATE = 'x-forwarded-client-cert';

const SPAN_NAME = 'x-envoy-decorator-operation';

/**
 * Names the span of the ingress gateway, which cannot know the template of a path. Envoy takes the header away.
 *
 * @param template for example `/v1/users/{user_id}`
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-decorator-operation
 */
export function nameProxySpan({ method, headers }: FastifyRequest, reply: FastifyReply, template: string): void {
  if (headers[FORWARDED_CERTIFICATE] !== undefined) reply.header(SPAN_NAME, `${method} ${template}`);
}
