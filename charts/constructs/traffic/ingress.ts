import { Construct } from 'constructs';
import { ingressRouteOf, LANE_HEADER, PLATFORM, splitOf } from '../../../infra/mesh/names';
import type { ServiceSpec } from '../../../services/kit/declaration';
import type { System } from '../../system';
import { serverPortOf } from './gateway';
import { addIstio } from '../istio';
import { metadataOf } from '../labels';
import { requestGroupsOf } from './request-groups';
import { routePairs } from './route-groups';
import { stableOf } from './traffic';

/**
 * What the service's proxy calls its span: the verb, as OpenTelemetry does where it knows no route. It would be called
 * by host, port and `/*` of the route here otherwise, as that has no path.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-decorator-operation
 */
const SPAN_NAME = { 'x-envoy-decorator-operation': '%REQ(:METHOD)%' };

/**
 * The way from outside to a service that has hosts.
 *
 * Where the lane header may not come from outside it is taken away, and requests that have it do not get to the split:
 * Envoy chooses a route before it removes a header, so that taking it away would still let it choose the version here.
 */
export class Ingress extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, system: System) {
    super(scope, 'ingress');
    const { hosts, headerRouting, namespace: shared } = system.settings;
    const port = serverPortOf(system.settings);
    const headers = { request: { set: SPAN_NAME, ...(!headerRouting && { remove: [LANE_HEADER] }) } };
    const groups = requestGroupsOf(spec.calls).map((group) => ({ ...group, headers }));
    const first = { port, ...(!headerRouting && { withoutHeaders: { [LANE_HEADER]: {} } }) };
    addIstio(this, 'VirtualService', metadataOf(spec, system, ingressRouteOf(spec.name)), {
      hosts: hosts[spec.name] ?? [],
      gateways: [`${shared}/${PLATFORM.gateway}`],
      http: routePairs(groups, splitOf(spec.name), stableOf(spec, system), first),
    });
  }
}
