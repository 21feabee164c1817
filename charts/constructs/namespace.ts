import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { createNames, PLATFORM } from '../../infra/mesh/names';
import type { Settings } from '../environment/settings';
import { metricsReaderOf } from '../environment/telemetry-settings';
import { auditOf } from './access/authorization';
import { addIstio, type IstioMetadata } from './istio';
import { PART_OF_WEFT } from './labels';
import { METRICS_PORT } from './proxy-telemetry/metrics-port';
import { collectorOf, egressOf } from './access/sidecar';
import { tracingOf } from './proxy-telemetry/tracing';

/** A namespace of services with its defaults. */
export class Namespace extends Construct {
  constructor(scope: Construct, namespace: string, settings: Settings) {
    super(scope, `namespace-${namespace}`);
    const { policy } = settings;
    const labels = PART_OF_WEFT;
    const defaults = { name: PLATFORM.defaults, namespace, labels };
    new k8s.KubeNamespace(this, 'namespace', { metadata: { name: namespace, labels: namespaceLabels(settings) } });
    addIstio(this, 'AuthorizationPolicy', { name: PLATFORM.denyAll, namespace, labels, ...auditOf(policy) }, {});
    if (policy === 'enforce') this.enforce(defaults, settings);
  }

  /**
   * Resources that have no dry run, and those that would replace the namespace's own.
   */
  private enforce(defaults: IstioMetadata, settings: Settings): void {
    const { namespace, labels } = defaults;
    addIstio(this, 'Telemetry', defaults, tracingOf(settings));
    addIstio(this, 'PeerAuthentication', defaults, { mtls: { mode: 'STRICT' } });
    addIstio(this, 'Sidecar', defaults, egressOf(['./*', collectorOf(settings)]));
    new k8s.KubeNetworkPolicy(this, 'network-policy', {
      metadata: { name: PLATFORM.denyAll, namespace, labels: { ...labels } },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
    this.allowMetrics(defaults, settings);
  }

  /** Lets one account read the metrics of all proxies in the namespace. */
  private allowMetrics({ namespace, labels }: IstioMetadata, settings: Settings): void {
    const reader = metricsReaderOf(settings.telemetry);
    if (!reader) return;
    const principal = createNames(settings).accountPrincipal({ namespace: reader.namespace, name: reader.account });
    addIstio(
      this,
      'AuthorizationPolicy',
      { name: PLATFORM.allowMetrics, namespace, ...(labels && { labels }) },
      {
        action: 'ALLOW',
        rules: [
          {
            from: [{ source: { principals: [principal] } }],
            to: [{ operation: { ports: [String(METRICS_PORT)] } }],
          },
        ],
      },
    );
  }
}

/**
 * Labels for sidecar injection and Pod Security. Without Istio's CNI plugin the injected init container needs
 * NET_ADMIN, which `restricted` forbids; then, and in audit mode, violations are only reported.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/pod-security-admission/
 */
export function namespaceLabels({ policy, istio: { revision, cni } }: Settings): Record<string, string> {
  const modes = cni && policy === 'enforce' ? ['enforce'] : ['audit', 'warn'];
  return {
    ...PART_OF_WEFT,
    ...(revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': revision }),
    ...Object.fromEntries(modes.map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted'])),
  };
}
