import { secretRef, type SettingsInput } from '../../settings';

/** Where people depend on it. Hosts, registry and addresses are examples: put yours. */
export const settings: SettingsInput = {
  namespace: 'weft',
  registry: 'ghcr.io/example/weft',
  replicas: {
    gateway: { min: 3, max: 12 },
    'rag-search': { min: 2, max: 10 },
    'user-info': { min: 3, max: 12 },
  },
  logLevel: 'info',
  drainDelayMs: 5_000,
  hosts: { gateway: ['api.example.com'] },
  headerRouting: false,
  storage: { mongodb: { cidr: '10.0.0.0/8', seedData: false } },
  secrets: { mongoUri: secretRef('mongodb', 'uri') },
  istio: {
    cni: true,
    ingress: {
      namespace: 'istio-system',
      account: 'istio-ingressgateway-service-account',
      selector: { istio: 'ingressgateway' },
      certificate: 'api-example-com',
    },
  },
  telemetry: {
    sampling: 1,
    tracing: 'traces',
    accessLog: 'logs',
    collector: { namespace: 'telemetry', service: 'collector', ports: [4317, 4318] },
  },
  policy: 'enforce',
};
