import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { ReleasedVersion } from '../../environment/releases';
import type { System } from '../../system';
import { versionMetadataOf, versionSelectorOf } from '../labels';

/** How busy a pod may be before there are more, in percent of the CPU that it asks for. */
const BUSY_PERCENT = 70;

/** How many pods of one version there are: an autoscaler where the scale is a range, a budget where there may be several. */
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
    // Of one pod alone it keeps nothing: it may go.
    if (max >= 2)
      new k8s.KubePodDisruptionBudget(this, 'budget', {
        metadata,
        spec: {
          maxUnavailable: k8s.IntOrString.fromNumber(1),
          selector: { matchLabels: versionSelectorOf(spec.name, version) },
          // One that does not get ready must not keep a node from being drained.
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
    // Of the service alone: the sidecar asks for CPU as well, and would count.
    metrics: [{ type: 'ContainerResource', containerResource: { container, name: 'cpu', target } }],
  };
}
