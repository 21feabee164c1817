import { k8s } from 'cdk8s-plus-28';
import { escapeReferences } from '../../../infra/mesh/variable-references';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { ReleasedVersion } from '../../environment/releases';
import { USUAL_RESOURCES } from '../../resources';
import type { Settings } from '../../environment/settings';
import type { System } from '../../system';
import { portOf } from './port';
import { probesOf } from './probes';
import { resourceAttributesOf } from './telemetry-variables';
import { secretVariablesOf } from './secrets';
import { mountsOf } from './volumes';

/** The one container of a service's pods. Settings of all versions come from the ConfigMap. */
export function containerOf(spec: ServiceSpec, released: ReleasedVersion, system: System): k8s.Container {
  const { name, number } = portOf(spec);
  return {
    name: spec.name,
    image: imageOf(spec, released, system.settings.registry),
    ...(spec.image === undefined && { workingDir: '/app', command: commandOf(spec.name) }),
    ports: [{ name, containerPort: number }],
    envFrom: [{ configMapRef: { name: spec.name } }],
    env: environmentOf(spec, released, system),
    ...mountsOf(spec),
    ...probesOf(spec),
    resources: resourcesOf(spec, system.settings),
    // What the Pod Security Standard "restricted" asks for, and a root file system that cannot be written to.
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}

/** Telemetry loads first, since it wraps modules of the service. */
function commandOf(service: string): string[] {
  return ['node', '--require', './telemetry.cjs', `./${service}.cjs`];
}

function resourcesOf({ name }: ServiceSpec, { resources }: Settings): k8s.ResourceRequirements {
  const { requests, limits } = resources[name] ?? USUAL_RESOURCES;
  return { requests: quantities(requests), limits: quantities(limits) };
}

function quantities(texts: Readonly<Record<string, string | undefined>>): Record<string, k8s.Quantity> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) =>
      text === undefined ? [] : [[name, k8s.Quantity.fromString(text)]],
    ),
  );
}

function imageOf({ name, image }: ServiceSpec, { tag, digest }: ReleasedVersion, registry: string): string {
  const repository = image ?? `${registry}/${name}`;
  return digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
}

/** Values of a release are literal; only variables that charts add may refer to others. */
function environmentOf(spec: ServiceSpec, { version, env }: ReleasedVersion, system: System): k8s.EnvVar[] {
  return [
    { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ...secretVariablesOf(spec),
    resourceAttributesOf(spec, version, system),
    ...Object.keys(env)
      .sort()
      .map((name) => ({ name, value: escapeReferences(env[name] ?? '') })),
  ];
}
