import { secretRef, type SettingsInput } from '../../environment/settings';

/** Where people depend on it. Hosts, registry and addresses are examples: put yours. */
export const settings: SettingsInput = {
  namespace: 'weft',
  registry: 'ghcr.io/example/weft',
  replicas: {
    gateway: { min: 3, max: 12 },
    payment: { min: 2, max: 6 },
    'rag-search': { min: 2, max: 10 },
    'user-info': { min: 3, max: 12 },
  },
  // What an autoscaler follows is the part of the CPU asked for that is in use, so each asks for what a pod should do.
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
  // No hosts yet, so nothing is reached from outside: until there are tokens, the gateway believes whoever says who they
  // are.
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
