import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PLATFORM } from '../../../infra/mesh/names';
import type { Settings } from '../../environment/settings';
import { addIstio } from '../istio';
import { PART_OF_WEFT } from '../labels';
import { namespaceLabels } from '../namespace';
import { egressOf } from '../access/sidecar';

/**
 * The namespace of what gathers telemetry. It is Weft's own, so its policies hold even where those of services are only
 * tried.
 */
export class TelemetryNamespace extends Construct {
  constructor(scope: Construct, settings: Settings) {
    super(scope, 'namespace');
    const { namespace } = settings.telemetry.collector;
    const labels = PART_OF_WEFT;
    const defaults = { name: PLATFORM.defaults, namespace, labels };
    const denied = { name: PLATFORM.denyAll, namespace, labels };
    new k8s.KubeNamespace(this, 'namespace', { metadata: { name: namespace, labels: namespaceLabels(settings) } });
    addIstio(this, 'AuthorizationPolicy', denied, {});
    addIstio(this, 'PeerAuthentication', defaults, { mtls: { mode: 'STRICT' } });
    addIstio(this, 'Sidecar', defaults, egressOf(['./*']));
    // Sending telemetry is not traced or logged itself.
    addIstio(this, 'Telemetry', defaults, {
      tracing: [{ disableSpanReporting: true }],
      accessLogging: [{ disabled: true }],
    });
    new k8s.KubeNetworkPolicy(this, 'network-policy', {
      metadata: denied,
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  }
}
