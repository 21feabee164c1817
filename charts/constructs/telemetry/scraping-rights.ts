import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { namespacesOf, type Settings } from '../../environment/settings';
import { labelsOf } from '../labels';

/** Prometheus may see the pods of the namespaces that it scrapes, and nothing else of the cluster. */
export class ScrapingRights extends Construct {
  constructor(scope: Construct, settings: Settings) {
    super(scope, 'scraping-rights');
    const { telemetry, istio } = settings;
    const account = { kind: 'ServiceAccount', name: 'prometheus', namespace: telemetry.collector.namespace };
    for (const namespace of new Set([...namespacesOf(settings), istio.ingress.namespace])) {
      // Several platforms may share a gateway; the name keeps them apart.
      const metadata = { name: `${settings.namespace}-prometheus`, namespace, labels: labelsOf('prometheus') };
      new k8s.KubeRole(this, `role-${namespace}`, {
        metadata,
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
      });
      new k8s.KubeRoleBinding(this, `binding-${namespace}`, {
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
        subjects: [account],
      });
    }
  }
}
