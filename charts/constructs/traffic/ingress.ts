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
 * The name of the proxy's span: the verb, as OpenTelemetry names a span without a route. Otherwise Istio would name it
 * by host, port and `/*`.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-decorator-operation
 */
const SPAN_NAME = { 'x-envoy-decorator-operation': '%REQ(:METHOD)%' };

/**
 * The routes from outside to a service that has hosts.
 *
 * Where settings close lanes to the outside, the lane header is removed, and requests with it bypass the split: Envoy
 * chooses a route before it removes a header, so removal alone would still let the header choose a version here.
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
