import { COLLECTOR_PORTS } from '../../../observability/collector';
import { JAEGER_PORTS } from '../../../observability/jaeger';
import { prometheusConfig } from '../../../observability/prometheus';
import { prometheusRules } from '../../../observability/rules';
import type { ServiceSpec } from '../../../services/kit/declaration';
import { writeYaml } from '../../../infra/mesh/yaml';
import { namespacesOf, type Settings } from '../../environment/settings';
import type { System } from '../../system';
import { imageOf } from '../../environment/telemetry-settings';
import { hasMetricsPort, METRICS_PORT, PLAIN_METRICS_PORT } from '../proxy-telemetry/metrics-port';
import { peer, tcp } from '../access/packets';
import type { Component } from './component';
import { CERTIFICATES, certificateAnnotations, GATEWAY_METRICS_PORT } from './certificates';
import { hostIn, programClient } from './programs';

export const PROMETHEUS_PORT = 9090;

const FOLDER = '/etc/prometheus';
const DATA = '/prometheus';

/** The ports at which API servers answer, behind their Service and directly. */
const API_PORTS = [443, 6443];

/** Stores metrics, evaluates rules and shows alerts. */
export function prometheusOf(services: readonly ServiceSpec[], system: System): Component {
  const { settings } = system;
  const { telemetry, istio } = settings;
  const { collector } = telemetry;
  const files = {
    'prometheus.yml': writeYaml(configOf(system)),
    'rules.yml': writeYaml(prometheusRules(services)),
  };
  return {
    name: 'prometheus',
    image: imageOf('prometheus', telemetry),
    args: [
      `--config.file=${FOLDER}/prometheus.yml`,
      `--storage.tsdb.path=${DATA}`,
      '--storage.tsdb.retention.time=2d',
      '--storage.tsdb.retention.size=1GB',
      '--enable-feature=exemplar-storage',
      `--web.listen-address=:${PROMETHEUS_PORT}`,
    ],
    user: 65_534,
    ports: [{ name: 'http-query', number: PROMETHEUS_PORT, protocol: 'http' }],
    configs: [{ name: 'prometheus-config', folder: FOLDER, files }],
    scratch: [
      { name: 'data', path: DATA, size: '2Gi' },
      { name: CERTIFICATES.volume, path: CERTIFICATES.folder, size: '1Mi' },
    ],
    health: { path: '/-/ready', port: PROMETHEUS_PORT },
    memory: { request: '256Mi', limit: '1Gi' },
    clients: [programClient('grafana', [PROMETHEUS_PORT], system), programClient('jaeger', [PROMETHEUS_PORT], system)],
    servers: {
      [collector.service]: [COLLECTOR_PORTS.metrics, COLLECTOR_PORTS.internal],
      jaeger: [JAEGER_PORTS.internal],
    },
    usesApi: true,
    annotations: certificateAnnotations([portOf(settings), GATEWAY_METRICS_PORT, ...API_PORTS]),
    egress: [
      { to: namespacesOf(settings).map((namespace) => peer(namespace)), ports: tcp(portOf(settings)) },
      { to: [peer(istio.ingress.namespace, istio.ingress.selector)], ports: tcp(GATEWAY_METRICS_PORT) },
      // No selector finds the API server.
      { ports: tcp(...API_PORTS) },
    ],
  };
}

/** Where sidecars have their metrics. */
function portOf(settings: Settings): number {
  return hasMetricsPort(settings) ? METRICS_PORT : PLAIN_METRICS_PORT;
}

function configOf({ settings }: System): object {
  const { istio, telemetry } = settings;
  const tls = CERTIFICATES.files;
  return prometheusConfig({
    ruleFiles: [`${FOLDER}/rules.yml`],
    collector: hostIn(telemetry.collector.service, settings, COLLECTOR_PORTS.metrics),
    internal: {
      'collector-internal': hostIn(telemetry.collector.service, settings, COLLECTOR_PORTS.internal),
      jaeger: hostIn('jaeger', settings, JAEGER_PORTS.internal),
      prometheus: `localhost:${PROMETHEUS_PORT}`,
    },
    proxies: { namespaces: namespacesOf(settings), port: portOf(settings), ...(hasMetricsPort(settings) && { tls }) },
    gateways: { namespaces: [istio.ingress.namespace], port: GATEWAY_METRICS_PORT, tls },
  });
}
