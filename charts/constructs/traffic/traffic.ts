import { Construct } from 'constructs';
import { splitOf, subsetOf } from '../../../infra/mesh/names';
import type { ServiceSpec } from '../../../services/kit/declaration';
import { versionsOf } from '../../environment/releases';
import type { System } from '../../system';
import { addIstio, type Destination, type HttpRoute, type TrafficPolicy } from '../istio';
import { metadataOf } from '../labels';
import { methodGroupsOf, RETRY_UNSENT } from './method-groups';
import { requestGroupsOf } from './request-groups';
import { routePairs, routeTo } from './route-groups';
import { portOf } from '../workload/port';

/** The way of calls in the mesh to a service: its versions as subsets, and a pair of routes for each group of calls. */
export class Traffic extends Construct {
  constructor(scope: Construct, spec: ServiceSpec, system: System) {
    super(scope, 'traffic');
    const host = system.names.hostOf(spec.name);
    const metadata = metadataOf(spec, system);
    addIstio(this, 'DestinationRule', metadata, {
      host,
      trafficPolicy: TRAFFIC_POLICY,
      subsets: versionsOf(system.releaseOf(spec)).map(({ version }) => ({
        name: subsetOf(version),
        labels: { version },
      })),
    });
    const stable = stableOf(spec, system);
    const http = [...routesOf(spec, stable), ...undeclaredRoutes(spec, stable, system)];
    addIstio(this, 'VirtualService', metadata, { hosts: [host], http });
  }
}

/**
 * What one proxy sends to one callee at once. A connection that is not there in a second leaves time for another try.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings
 */
export const CONNECTION_POOL = {
  tcp: { connectTimeout: '1s' },
  // Envoy's own 1024 are fewer than a pod of the kit takes, times its pods. The second holds for HTTP/2 as well.
  // Retries are bounded: where everything fails, each hop would multiply the calls of the one before.
  http: { http2MaxRequests: 10_000, http1MaxPendingRequests: 10_000, maxRetries: 100 },
};

/** @see https://istio.io/latest/docs/reference/config/networking/destination-rule/ */
const TRAFFIC_POLICY: TrafficPolicy = {
  loadBalancer: {
    simple: 'LEAST_REQUEST',
    warmup: { duration: '30s' },
    // Outlier detection would turn it on: calls would stay in the zone of their caller, however few pods are there, and
    // an autoscaler, which sees the average of all zones, would not help.
    localityLbSetting: { enabled: false },
  },
  connectionPool: CONNECTION_POOL,
  outlierDetection: {
    // A pod that cannot answer is left out for a while. INTERNAL counts as 500: a fault of the code, which every pod has.
    consecutiveGatewayErrors: 5,
    consecutive5xxErrors: 0,
    interval: '5s',
    baseEjectionTime: '15s',
    maxEjectionPercent: 50,
  },
};

/** Where calls go while there is no split. */
export function stableOf(spec: ServiceSpec, { names, releaseOf }: System): Destination {
  const { version } = releaseOf(spec).stable;
  return { host: names.hostOf(spec.name), subset: subsetOf(version), port: { number: portOf(spec).number } };
}

function routesOf(spec: ServiceSpec, stable: Destination): HttpRoute[] {
  const groups = spec.http ? requestGroupsOf(spec.calls) : methodGroupsOf(spec);
  return routePairs(groups, splitOf(spec.name), stable, { port: stable.port.number });
}

/** While policies are only tried, methods that no contract has go where they went before. */
export function undeclaredRoutes({ http }: ServiceSpec, destination: Destination, { settings }: System): HttpRoute[] {
  if (http || settings.policy === 'enforce') return [];
  return [routeTo(destination, { name: 'undeclared', matches: [], retries: RETRY_UNSENT })];
}
