import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { GRPC_PORT, HTTP_PORT, type ServiceSpec } from '../../services/kit/spec';
import type { Settings } from '../settings';
import { labelsOf, selectorOf } from './labels';
import { portOf } from './port';
import { probesOf } from './probes';

/** The user that official Node images have beside root. */
const NODE_USER = 1000;

/** How long the calls under way may take to finish, after the delay in which new ones still come. */
const DRAIN_TIMEOUT_MS = 20_000;

/** What runs a service: its ServiceAccount, ConfigMap and Deployment. */
export class Workload extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, settings: Settings) {
    super(scope, 'workload');
    const { name } = spec;
    const metadata = { name, namespace: settings.namespace, labels: labelsOf(name) };
    const data = configOf(spec, settings);
    new k8s.KubeServiceAccount(this, 'service-account', { metadata, automountServiceAccountToken: false });
    new k8s.KubeConfigMap(this, 'config-map', { metadata, data });
    new k8s.KubeDeployment(this, 'deployment', {
      metadata,
      spec: {
        replicas: spec.scale.min,
        selector: { matchLabels: selectorOf(name) },
        template: {
          // Pods do not notice that their ConfigMap has changed; with this they are replaced.
          metadata: { labels: labelsOf(name), annotations: { 'checksum/config': digest(data) } },
          spec: podOf(spec, settings),
        },
      },
    });
  }
}

function configOf(spec: ServiceSpec, settings: Settings): Record<string, string> {
  return {
    ...(spec.http
      ? { HTTP_ADDRESS: '0.0.0.0', HTTP_PORT: String(HTTP_PORT) }
      : { GRPC_ADDRESS: '0.0.0.0', GRPC_PORT: String(GRPC_PORT) }),
    LOG_LEVEL: settings.logLevel,
    DRAIN_DELAY_MS: String(settings.drainDelayMs),
    DRAIN_TIMEOUT_MS: String(DRAIN_TIMEOUT_MS),
    ...(spec.store ? { SEED_DATA: String(settings.seedData) } : {}),
    ...spec.config,
  };
}

function digest(data: Record<string, string>): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16);
}

function podOf(spec: ServiceSpec, settings: Settings): k8s.PodSpec {
  return {
    serviceAccountName: spec.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // Drain, and a little to close what is left.
    terminationGracePeriodSeconds: Math.ceil((settings.drainDelayMs + DRAIN_TIMEOUT_MS) / 1000) + 5,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NODE_USER,
      runAsGroup: NODE_USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [containerOf(spec, settings)],
  };
}

function containerOf(spec: ServiceSpec, { registry, tag, mongodbSecret }: Settings): k8s.Container {
  const { name, number } = portOf(spec);
  const mongoUri = { name: 'MONGO_URI', valueFrom: { secretKeyRef: mongodbSecret } };
  return {
    name: spec.name,
    image: `${registry}/${spec.name}:${tag}`,
    workingDir: '/app',
    command: ['node', `./${spec.name}.cjs`],
    ports: [{ name, containerPort: number }],
    envFrom: [{ configMapRef: { name: spec.name } }],
    env: [
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      ...(spec.store ? [mongoUri] : []),
    ],
    ...probesOf(spec),
    resources: {
      requests: { cpu: k8s.Quantity.fromString('50m'), memory: k8s.Quantity.fromString('128Mi') },
      limits: { memory: k8s.Quantity.fromString('256Mi') },
    },
    // What the Pod Security Standard "restricted" asks for, and a root file system that cannot be written to.
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}
