import type { Settings } from '../../environment/settings';
import { metricsReaderOf } from '../../environment/telemetry-settings';
import type { IstioSpec } from '../istio';
import type { ServicePort } from '../workload/port';

/**
 * The port of the proxies' metrics. It takes mutual TLS, and the namespace's policy names the one reader. Istio's own
 * secure port (ENVOY_SECURE_MERGED_METRICS_PORT) accepts any certificate of the mesh.
 *
 * @see docs/telemetry-on-a-cluster.md
 */
export const METRICS_PORT = 15_094;

/** Envoy's own port, which serves metrics only; on 15020 the agent also takes a command to quit. */
export const ENVOY_METRICS_PORT = 15_090;

/** The agent's port, without encryption: the metrics of proxy and service together. */
export const PLAIN_METRICS_PORT = 15_020;

/** True where only one Prometheus may read metrics. In audit mode nothing is closed. */
export function hasMetricsPort({ telemetry, policy }: Settings): boolean {
  return policy === 'enforce' && metricsReaderOf(telemetry) !== undefined;
}

/**
 * The listeners of a proxy: the port of the service, and the metrics. Metrics are TCP, or each scrape would make a span
 * and a line of the access log.
 */
export function ingressOf(port: ServicePort, settings: Settings): Pick<IstioSpec<'Sidecar'>, 'ingress'> {
  if (!hasMetricsPort(settings)) return {};
  const { name, number } = port;
  return {
    ingress: [
      { port: { number, name, protocol: name === 'grpc' ? 'GRPC' : 'HTTP' }, defaultEndpoint: `0.0.0.0:${number}` },
      {
        port: { number: METRICS_PORT, name: 'tcp-metrics', protocol: 'TCP' },
        defaultEndpoint: `127.0.0.1:${ENVOY_METRICS_PORT}`,
      },
    ],
  };
}
