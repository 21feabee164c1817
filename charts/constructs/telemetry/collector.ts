import { collectorConfig, COLLECTOR_PORTS, type CollectorSettings } from '../../../observability/collector';
import type { ServiceSpec } from '../../../services/kit/declaration';
import { writeYaml } from '../../../infra/mesh/yaml';
import type { System } from '../../system';
import { imageOf } from '../../environment/telemetry-settings';
import { peer } from '../access/packets';
import type { Client, Component } from './component';
import { hostIn, OTLP_PORTS, programClient } from './programs';

const FOLDER = '/etc/collector';

/** The collector: it receives all telemetry and passes it on. */
export function collectorOf(services: readonly ServiceSpec[], system: System): Component {
  const { telemetry } = system.settings;
  const { grpc, http, metrics, internal, health } = COLLECTOR_PORTS;
  return {
    name: telemetry.collector.service,
    image: imageOf('collector', telemetry),
    args: ['--config', `${FOLDER}/config.yaml`],
    user: 10_001,
    ports: [
      { name: 'grpc-otlp', number: grpc, protocol: 'grpc' },
      // TCP for proxies, or each export would make a span, which is exported in turn.
      { name: 'otlp-http', number: http, protocol: 'tcp' },
      { name: 'http-metrics', number: metrics, protocol: 'http' },
      { name: 'http-internal', number: internal, protocol: 'http' },
    ],
    configs: [
      {
        name: 'collector-config',
        folder: FOLDER,
        files: { 'config.yaml': writeYaml(collectorConfig(settingsOf(system))) },
      },
    ],
    scratch: [],
    health: { path: '/', port: health },
    memory: { request: '128Mi', limit: '512Mi' },
    clients: [...sendersOf(services, system), programClient('prometheus', [metrics, internal], system)],
    servers: { jaeger: [JAEGER_OTLP] },
  };
}

const JAEGER_OTLP = 4317;

function settingsOf({ settings }: System): CollectorSettings {
  return {
    backends: [{ name: 'jaeger', endpoint: hostIn('jaeger', settings, JAEGER_OTLP), signals: ['traces'] }],
    // The mesh has sampled already.
    sampling: { share: 100, slowSeconds: 1, waitSeconds: 5 },
  };
}

/** The services, with the identity of their pods, and the ingress gateway. */
function sendersOf(services: readonly ServiceSpec[], { names, settings }: System): Client[] {
  const { ingress } = settings.istio;
  const namespaces = [...new Set(services.map(({ name }) => names.namespaceOf(name)))].sort();
  const ports = [...OTLP_PORTS];
  return [
    {
      name: 'services',
      principals: services.map(({ name }) => names.principalOf(name)).sort(),
      peers: namespaces.map((namespace) => peer(namespace)),
      ports,
    },
    {
      name: 'ingress',
      principals: [names.accountPrincipal({ namespace: ingress.namespace, name: ingress.account })],
      peers: [peer(ingress.namespace, ingress.selector)],
      ports,
    },
  ];
}
