import { secretRef, type SettingsInput } from '../../environment/settings';

/** Hosts, registry and addresses are examples: replace them with yours. */
export const settings: SettingsInput = {
  namespace: 'weft',
  registry: 'ghcr.io/example/weft',
  replicas: {
    gateway: { min: 3, max: 12 },
    payment: { min: 2, max: 6 },
    'rag-search': { min: 2, max: 10 },
    'user-info': { min: 3, max: 12 },
  },
  // An autoscaler compares CPU use with the request, so each request is what one pod should use.
  resources: {
    gateway: { requests: { cpu: '250m' } },
    greeter: { requests: { cpu: '100m' } },
    payment: { requests: { cpu: '250m' } },
    // It keeps its index in memory.
    'rag-search': { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '1Gi' } },
    'user-info': { requests: { cpu: '250m' } },
  },
  logLevel: 'info',
  drainDelayMs: 5_000,
  // Nothing is reachable from outside yet: until there are tokens, the gateway believes any `x-user-id`.
  hosts: {},
  headerRouting: false,
  storage: { mongodb: { cidr: '10.20.30.0/24' } },
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
