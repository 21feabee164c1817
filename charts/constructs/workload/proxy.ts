import type { Settings } from '../../environment/settings';
import { hasMetricsPort } from '../proxy-telemetry/metrics-port';

/**
 * For clusters whose sidecars are ordinary containers, which start beside the service and are told to end with it: the
 * service waits for its proxy, and the proxy for its last connection. A native sidecar does both by itself. What
 * proxies tell each other of their workloads stays in the mesh, and metrics that are read by mutual TLS are to be had in
 * no other way.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig
 */
export function proxyAnnotationsOf(settings: Settings): Record<string, string> {
  const config = {
    holdApplicationUntilProxyStarts: true,
    proxyMetadata: {
      EXIT_ON_ZERO_ACTIVE_CONNECTIONS: 'true',
      ...(hasMetricsPort(settings) && { METRICS_LOCALHOST_ACCESS_ONLY: 'true' }),
    },
    proxyHeaders: { metadataExchangeHeaders: { mode: 'IN_MESH' } },
  };
  return { 'proxy.istio.io/config': JSON.stringify(config) };
}
