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
    const http = [...routesOf(spec, stable), ...unknownMethodRoutes(spec, stable, system)];
    addIstio(this, 'VirtualService', metadata, { hosts: [host], http });
  }
}

/**
 * The limits of one proxy's calls to one callee. A connection that fails within a second leaves time for another try.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings
 */
export const CONNECTION_POOL = {
  tcp: { connectTimeout: '1s' },
  // Envoy's default of 1024 is less than the pods of a service accept together. The second limit holds for HTTP/2 too.
  // Retries are bounded: where everything fails, each hop would multiply the calls of the one before.
  http: { http2MaxRequests: 10_000, http1MaxPendingRequests: 10_000, maxRetries: 100 },
};

/** @see https://istio.io/latest/docs/reference/config/networking/destination-rule/ */
const TRAFFIC_POLICY: TrafficPolicy = {
  loadBalancer: {
    simple: 'LEAST_REQUEST',
    warmup: { duration: '30s' },
    // Outlier detection would turn it on. Calls would then stay in the caller's zone, however few pods it has, and an
    // autoscaler, which sees the average of all zones, would not help.
    localityLbSetting: { enabled: false },
  },
  connectionPool: CONNECTION_POOL,
  outlierDetection: {
    // Ejects a pod that cannot answer. INTERNAL counts as 500: a fault of the code, which every pod has.
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

/** In audit mode, methods without a contract are routed too. */
export function unknownMethodRoutes(
  { http }: ServiceSpec,
  destination: Destination,
  { settings }: System,
): HttpRoute[] {
  if (http || settings.policy === 'enforce') return [];
  return [routeTo(destination, { name: 'unknown-methods', matches: [], retries: RETRY_UNSENT })];
}
