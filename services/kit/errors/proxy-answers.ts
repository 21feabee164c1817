/** What a proxy's answer means. `{callee}` stands for the name of the called service. */
export interface ProxyAnswer {
  readonly cause: string;
  readonly lookAt: string;
}

/**
 * Envoy's texts, the most specific first. For gRPC it turns HTTP 403 into PERMISSION_DENIED, 401 into UNAUTHENTICATED,
 * 404 into UNIMPLEMENTED, and 429, 502, 503 and 504 into UNAVAILABLE.
 *
 * @see https://github.com/envoyproxy/envoy/blob/v1.34.0/source/common/router/router.cc
 * @see https://github.com/envoyproxy/envoy/blob/v1.34.0/source/common/grpc/status.cc
 * @see https://github.com/envoyproxy/envoy/blob/v1.34.0/source/extensions/filters/http/rbac/rbac_filter.cc
 * @see https://github.com/envoyproxy/envoy/blob/v1.34.0/source/extensions/filters/http/fault/fault_filter.cc
 */
export const PROXY_ANSWERS: readonly (ProxyAnswer & { readonly text: RegExp })[] = [
  {
    text: /^RBAC: access denied/,
    cause: 'no AuthorizationPolicy allows this service to call this method',
    lookAt: '`calls` in the declaration of this service, and `kubectl get authorizationpolicy`',
  },
  {
    text: /^(Jwt|Jwks|Audiences in Jwt)\b/,
    cause: 'the token in `authorization` is missing, invalid or expired',
    lookAt: '`kubectl get requestauthentication`',
  },
  {
    text: /^no healthy upstream/,
    cause: 'no pod of {callee} is ready, or outlier detection has left all of them out',
    lookAt: '`kubectl get pods -l app={callee}` and the logs of {callee}',
  },
  {
    text: /^upstream connect error or disconnect\/reset before headers.*overflow/,
    cause: 'more calls are under way to {callee} than its connection pool takes',
    lookAt: '`connectionPool` in `kubectl get destinationrule {callee} -o yaml`, and the load of {callee}',
  },
  {
    text: /^upstream connect error or disconnect\/reset before headers.*(TLS|SSL|CERTIFICATE)/,
    cause: 'the proxies of the two services disagree about mutual TLS',
    lookAt: '`kubectl get peerauthentication,destinationrule`, and `istioctl proxy-status`',
  },
  {
    text: /^upstream connect error or disconnect\/reset before headers.*(connection failure|connection timeout)/,
    cause: 'no connection to the pod of {callee} could be opened: it has just gone, or a NetworkPolicy is in the way',
    lookAt: '`kubectl get pods -l app={callee}` and `kubectl get networkpolicy`',
  },
  {
    text: /^upstream connect error or disconnect\/reset before headers/,
    cause: 'the connection to {callee} ended before it answered: its pod restarted, crashed or ran out of memory',
    lookAt: '`kubectl get pods -l app={callee}` (restarts) and the logs of {callee}',
  },
  {
    text: /^upstream request timeout/,
    cause: 'it took longer than its route allows',
    lookAt: '`timeouts` in the declaration of {callee}, and a trace of the call',
  },
  {
    text: /^(downstream duration timeout|upstream max stream duration reached)/,
    cause: 'its deadline passed in the proxy',
    lookAt: 'the deadline that the caller sets, and a trace of the call',
  },
  {
    text: /^fault filter abort/,
    cause: 'a VirtualService makes calls fail on purpose',
    lookAt: '`fault` in `kubectl get virtualservice -o yaml`',
  },
  {
    text: /^local_rate_limited/,
    cause: 'a rate limit is reached',
    lookAt: '`kubectl get envoyfilter`',
  },
];

/** Answers without a text, by status: those that Envoy gives where no route or cluster matches. */
export const TEXTLESS_ANSWERS: Readonly<Partial<Record<'UNIMPLEMENTED' | 'UNAVAILABLE', ProxyAnswer>>> = {
  UNIMPLEMENTED: {
    cause: 'no route has this method; the manifests of {callee} may be older than its contract',
    lookAt: '`kubectl get virtualservice {callee} -o yaml`, and whether `dist/` is applied',
  },
  UNAVAILABLE: {
    cause: 'the proxy of this service does not know {callee}, or the version of it that the route names',
    lookAt: '`calls` in the declaration of this service, and `kubectl get sidecar,destinationrule`',
  },
};
