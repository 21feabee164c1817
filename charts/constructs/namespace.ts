import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PLATFORM } from '../../infra/mesh/names';
import type { Settings } from '../settings';
import { auditOf } from './authorization';
import { addIstio } from './istio';
import { PART_OF_WEFT } from './labels';
import { egressOf, infrastructureOf } from './sidecar';

/** A namespace of services, and what holds for all in it that do not say otherwise. */
export class Namespace extends Construct {
  constructor(scope: Construct, namespace: string, settings: Settings) {
    super(scope, `namespace-${namespace}`);
    const { policy, telemetry } = settings;
    const labels = PART_OF_WEFT;
    const defaults = { name: PLATFORM.defaults, namespace, labels };
    new k8s.KubeNamespace(this, 'namespace', { metadata: { name: namespace, labels: namespaceLabels(settings) } });
    // Strict would cut off callers without a sidecar, and audit denies nobody.
    const mode = policy === 'enforce' ? 'STRICT' : 'PERMISSIVE';
    addIstio(this, 'PeerAuthentication', defaults, { mtls: { mode } });
    addIstio(this, 'AuthorizationPolicy', { name: PLATFORM.denyAll, namespace, labels, ...auditOf(policy) }, {});
    addIstio(this, 'Telemetry', defaults, {
      tracing: [{ providers: [{ name: telemetry.tracing }], randomSamplingPercentage: telemetry.sampling }],
      accessLogging: [{ providers: [{ name: telemetry.accessLog }] }],
    });
    addIstio(this, 'Sidecar', defaults, egressOf(['./*', ...infrastructureOf({ settings })], settings));
  }
}

/**
 * Who injects sidecars, and how much a pod may do. Without Istio's CNI plugin the injected init container needs
 * NET_ADMIN, which `restricted` forbids; then what it would refuse is only told.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/pod-security-admission/
 */
function namespaceLabels({ istio: { revision, cni } }: Settings): Record<string, string> {
  const modes = cni ? ['enforce'] : ['audit', 'warn'];
  return {
    ...PART_OF_WEFT,
    ...(revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': revision }),
    ...Object.fromEntries(modes.map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted'])),
  };
}
