import type { Settings } from '../../environment/settings';
import { metricsReaderOf } from '../../environment/telemetry-settings';
import type { IstioSpec } from '../istio';
import type { ServicePort } from '../workload/port';

/**
 * Where proxies answer with their metrics, by mutual TLS, to whom the namespace's policy names. Istio's own secure port
 * (ENVOY_SECURE_MERGED_METRICS_PORT) wants a certificate of the mesh and does not ask whose it is.
 *
 * @see docs/telemetry-on-a-cluster.md
 */
export const METRICS_PORT = 15_094;

/** Envoy's own, which has metrics and nothing else; beside it, on 15020, the agent can be told to end. */
export const ENVOY_METRICS_PORT = 15_090;

/** The agent's, without encryption: metrics of the proxy and the service together. */
export const PLAIN_METRICS_PORT = 15_020;

/** True where one Prometheus alone reads metrics. While policies are only tried, nothing is closed. */
export function hasMetricsPort({ telemetry, policy }: Settings): boolean {
  return policy === 'enforce' && metricsReaderOf(telemetry) !== undefined;
}

/**
 * What a proxy listens for: the port of the service, and the metrics. Those are TCP to it, since otherwise each scrape
 * would be a span and a line of the access log.
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
