import { JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { accountOf } from '../../../infra/mesh/names';
import type { ServiceSpec } from '../../../services/kit/declaration';
import { type ReleasedVersion, versionsOf } from '../../environment/releases';
import type { Settings } from '../../environment/settings';
import type { System } from '../../system';
import { configOf, digestOf, DRAIN_TIMEOUT_MS } from './config';
import { containerOf } from './container';
import { metadataOf, versionMetadataOf, versionSelectorOf } from '../labels';
import { PatchedDeployment } from './patched-deployment';
import { proxyAnnotationsOf } from './proxy';
import { Scaling } from './scaling';
import { volumesOf } from './volumes';

/** The user that official Node images have beside root. */
const NODE_USER = 1000;

/** What runs a service: its ServiceAccount and ConfigMap, and a Deployment for each released version. */
export class Workload extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, system: System) {
    super(scope, 'workload');
    new k8s.KubeServiceAccount(this, 'service-account', {
      metadata: metadataOf(spec, system, accountOf(spec.name)),
      automountServiceAccountToken: false,
    });
    const data = configOf(spec, system);
    new k8s.KubeConfigMap(this, 'config-map', { metadata: metadataOf(spec, system), data });
    for (const released of versionsOf(system.releaseOf(spec))) {
      const props = deploymentOf(spec, released, system, digestOf(data));
      new PatchedDeployment(this, released.version, props, spec.image === undefined ? [] : drainOf(system.settings));
      new Scaling(this, spec, released, system);
    }
  }
}

/**
 * A foreign image may stop at once on SIGTERM, before its callers know that it leaves, so SIGTERM comes later.
 *
 * @see https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
 */
function drainOf({ drainDelayMs }: Settings): JsonPatch[] {
  const sleep = { seconds: Math.ceil(drainDelayMs / 1000) };
  return sleep.seconds > 0 ? [JsonPatch.add('/spec/template/spec/containers/0/lifecycle', { preStop: { sleep } })] : [];
}

function deploymentOf(
  spec: ServiceSpec,
  released: ReleasedVersion,
  system: System,
  digest: string,
): k8s.KubeDeploymentProps {
  const { min, max } = system.scaleOf(spec);
  const metadata = versionMetadataOf(spec, released.version, system);
  return {
    metadata,
    spec: {
      // An autoscaler owns the number; each apply would reset it.
      ...(max > min ? {} : { replicas: min }),
      selector: { matchLabels: versionSelectorOf(spec.name, released.version) },
      template: {
        metadata: {
          labels: metadata.labels,
          annotations: { 'checksum/config': digest, ...proxyAnnotationsOf(system.settings) },
        },
        spec: podOf(spec, released, system),
      },
    },
  };
}

function podOf(spec: ServiceSpec, released: ReleasedVersion, system: System): k8s.PodSpec {
  return {
    serviceAccountName: accountOf(spec.name),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // The drain, some time to close connections, and the five seconds that a proxy keeps running at least.
    terminationGracePeriodSeconds: Math.ceil((system.settings.drainDelayMs + DRAIN_TIMEOUT_MS) / 1000) + 10,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NODE_USER,
      runAsGroup: NODE_USER,
      // The files of secrets belong to root and this group.
      ...(spec.store && { fsGroup: NODE_USER }),
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: spreadOf(spec.name, released.version),
    containers: [containerOf(spec, released, system)],
    ...volumesOf(spec, system),
  };
}

/** Over zones and nodes as evenly as there is room. @see https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/ */
function spreadOf(service: string, version: string): k8s.TopologySpreadConstraint[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: versionSelectorOf(service, version) },
    // Without it, pods that a rollout is about to replace would count.
    matchLabelKeys: ['pod-template-hash'],
  }));
}
