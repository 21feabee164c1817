import type { AttributeEntry } from './entry';

const STABLE = { stability: 'stable', source: 'OpenTelemetry' } as const;
const DEVELOPMENT = { stability: 'development', source: 'OpenTelemetry' } as const;

/** Attributes of the resource. The manifests set them by OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES. */
export const RESOURCE_ATTRIBUTES: readonly AttributeEntry[] = [
  {
    name: 'service.name',
    description: 'The declared name of the service.',
    values: 'declarations',
    examples: ['user-info', 'gateway'],
    ...STABLE,
  },
  {
    name: 'service.namespace',
    description: 'The namespace that the service belongs to.',
    values: 'the environment’s settings',
    examples: ['weft'],
    ...STABLE,
  },
  {
    name: 'service.version',
    description: 'The version label of the pod, which splits use.',
    values: 'the environment’s releases.yaml',
    examples: ['v1', 'v2'],
    ...STABLE,
  },
  {
    name: 'service.instance.id',
    description: 'The id of the process.',
    values: 'the SDK or the manifest: one value for each process',
    examples: ['7f0c1d5e'],
    ...STABLE,
  },
  {
    name: 'k8s.pod.name',
    description: 'The pod.',
    values: 'Kubernetes, by the downward API',
    examples: ['user-info-v1-abcde'],
    ...DEVELOPMENT,
  },
  {
    name: 'k8s.namespace.name',
    description: 'The namespace of the pod.',
    values: 'Kubernetes, by the downward API',
    examples: ['weft'],
    ...DEVELOPMENT,
  },
  {
    name: 'deployment.environment.name',
    description: 'The environment of the manifests.',
    values: 'folders of charts/environments',
    examples: ['production'],
    ...STABLE,
  },
  {
    name: 'telemetry.sdk.language',
    description: 'The language of the SDK.',
    values: ['nodejs'],
    examples: ['nodejs'],
    ...STABLE,
  },
  {
    name: 'telemetry.sdk.name',
    description: 'The SDK.',
    values: ['opentelemetry'],
    examples: ['opentelemetry'],
    ...STABLE,
  },
  {
    name: 'telemetry.sdk.version',
    description: 'The version of the SDK.',
    values: 'package.json',
    examples: ['2.12.0'],
    ...STABLE,
  },
];
