import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Settings } from './settings';

/** What all services share. */
export class PlatformChart extends Chart {
  constructor(scope: Construct, { namespace }: Settings) {
    super(scope, 'platform', { disableResourceNameHashes: true });
    new k8s.KubeNamespace(this, 'namespace', {
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
  }
}
