import { JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';

/**
 * A Deployment with fields newer than the types of Kubernetes 1.28. Those drop unknown fields after cdk8s's own
 * patches, so these patches come last.
 */
export class PatchedDeployment extends k8s.KubeDeployment {
  constructor(
    scope: Construct,
    id: string,
    props: k8s.KubeDeploymentProps,
    private readonly amendments: readonly JsonPatch[],
  ) {
    super(scope, id, props);
  }

  override toJson(): unknown {
    return JsonPatch.apply(super.toJson(), ...this.amendments);
  }
}
