import { k8s } from 'cdk8s-plus-28';
import type { ServiceSpec } from '../../services/kit/spec';
import type { ReleasedVersion } from '../releases';
import type { System } from '../system';
import { portOf } from './port';
import { probesOf } from './probes';
import { secretMountsOf, secretVariablesOf } from './secrets';

/** The one container of a service's pods. Settings of all versions come from the ConfigMap. */
export function containerOf(spec: ServiceSpec, released: ReleasedVersion, system: System): k8s.Container {
  const { name, number } = portOf(spec);
  return {
    name: spec.name,
    image: imageOf(spec, released, system.settings.registry),
    ...(spec.image === undefined && { workingDir: '/app', command: ['node', `./${spec.name}.cjs`] }),
    ports: [{ name, containerPort: number }],
    envFrom: [{ configMapRef: { name: spec.name } }],
    env: environmentOf(spec, released),
    ...secretMountsOf(spec),
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

function imageOf({ name, image }: ServiceSpec, { tag, digest }: ReleasedVersion, registry: string): string {
  const repository = image ?? `${registry}/${name}`;
  return digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
}

function environmentOf(spec: ServiceSpec, { env }: ReleasedVersion): k8s.EnvVar[] {
  return [
    { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ...secretVariablesOf(spec),
    ...Object.keys(env)
      .sort()
      .map((name) => ({ name, value: env[name] ?? '' })),
  ];
}
