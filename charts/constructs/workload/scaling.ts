import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { ReleasedVersion } from '../../environment/releases';
import type { System } from '../../system';
import { versionMetadataOf, versionSelectorOf } from '../labels';

/** The autoscaler adds pods beyond this use of the requested CPU, in percent. */
const BUSY_PERCENT = 70;

/** The number of pods of one version: an autoscaler for a range, and a disruption budget for several pods. */
export class Scaling extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, { version }: ReleasedVersion, system: System) {
    super(scope, `scaling-${version}`);
    const metadata = versionMetadataOf(spec, version, system);
    const { min, max } = system.scaleOf(spec);
    if (max > min)
      new k8s.KubeHorizontalPodAutoscalerV2(this, 'autoscaler', {
        metadata,
        spec: rangeOf(spec.name, metadata.name, min, max),
      });
    // A budget for a single pod would protect nothing.
    if (max >= 2)
      new k8s.KubePodDisruptionBudget(this, 'budget', {
        metadata,
        spec: {
          maxUnavailable: k8s.IntOrString.fromNumber(1),
          selector: { matchLabels: versionSelectorOf(spec.name, version) },
          // A pod that never gets ready must not block the drain of a node.
          unhealthyPodEvictionPolicy: 'AlwaysAllow',
        },
      });
  }
}

/** @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
function rangeOf(
  container: string,
  name: string,
  minReplicas: number,
  maxReplicas: number,
): k8s.HorizontalPodAutoscalerSpecV2 {
  const target = { type: 'Utilization', averageUtilization: BUSY_PERCENT };
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas,
    maxReplicas,
    // Only the service's container: the sidecar's CPU would count otherwise.
    metrics: [{ type: 'ContainerResource', containerResource: { container, name: 'cpu', target } }],
  };
}
