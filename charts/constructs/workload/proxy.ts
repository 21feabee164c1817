import type { Settings } from '../../environment/settings';
import { hasMetricsPort } from '../proxy-telemetry/metrics-port';

/**
 * For clusters where sidecars are ordinary containers, which start and stop together with the service: the service
 * waits for its proxy, and the proxy for its last connection. A native sidecar does both by itself. Proxies exchange
 * metadata inside the mesh only, and serve metrics only by mutual TLS where one Prometheus reads them.
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
