import { Construct } from 'constructs';
import { PLATFORM } from '../../../infra/mesh/names';
import type { Settings } from '../../environment/settings';
import { addIstio } from '../istio';
import { PART_OF_WEFT } from '../labels';
import { tracingOf } from './tracing';

/** Spans and access logs of the ingress gateway, whose namespace is not Weft's. */
export class IngressTelemetry extends Construct {
  constructor(scope: Construct, settings: Settings) {
    super(scope, 'ingress-telemetry');
    const { namespace, selector } = settings.istio.ingress;
    // Several platforms may share a gateway; the name keeps them apart.
    const name = `${settings.namespace}-${PLATFORM.gateway}`;
    addIstio(
      this,
      'Telemetry',
      { name, namespace, labels: PART_OF_WEFT },
      { selector: { matchLabels: selector }, ...tracingOf(settings) },
    );
  }
}
