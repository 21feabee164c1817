import { Construct } from 'constructs';
import { splitOf, subsetOf } from '../../../infra/mesh/names';
import type { ServiceSpec } from '../../../services/kit/declaration';
import { versionsOf } from '../../environment/releases';
import type { System } from '../../system';
import { addIstio, type Destination, type HttpMatch, type HttpRoute, type TrafficPolicy } from '../istio';
import { metadataOf } from '../labels';
import { type MethodGroup, methodGroupsOf, RETRY_UNSENT } from './method-groups';
import { portOf } from '../workload/port';

/**
 * How calls find a service: its versions as subsets, and a pair of routes for each group of methods. The first of a
 * pair asks the split, which is state and in no file; Istio drops it while there is no split, and the second leads to
 * the stable version. The port, which is in the first match only, says nothing new: without it `istioctl analyze`
 * takes the second for unreachable.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate
 */
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

/** What is the same in both routes of a pair. */
export type RouteBase = Pick<HttpRoute, 'timeout' | 'retries' | 'headers'>;

/** The routes of a pair. @param matches of the first; @param behind those of the second, if it has any */
export function routePair(
  name: string,
  base: RouteBase,
  split: string,
  stable: Destination,
  matches: { first: HttpMatch[]; behind?: HttpMatch[] },
): HttpRoute[] {
  return [
    { name, match: matches.first, ...base, delegate: { name: split } },
    {
      name: `${name}-stable`,
      ...(matches.behind && { match: matches.behind }),
      ...base,
      route: [{ destination: stable }],
    },
  ];
}

function routesOf(spec: ServiceSpec, stable: Destination): HttpRoute[] {
  const split = splitOf(spec.name);
  const port = stable.port.number;
  // An HTTP service streams as well, so its own deadlines are the only ones.
  if (spec.http) return routePair('http', { retries: RETRY_UNSENT }, split, stable, { first: [{ port }] });
  return methodGroupsOf(spec).flatMap((group) => {
    const behind = matchesOf(group);
    const first = behind.map((match) => ({ ...match, port }));
    return routePair(group.name, baseOf(group), split, stable, { first, behind });
  });
}

/** While policies are only tried, methods that no contract has go where they went before. */
export function undeclaredRoutes({ http }: ServiceSpec, destination: Destination, { settings }: System): HttpRoute[] {
  if (http || settings.policy === 'enforce') return [];
  return [{ name: 'undeclared', retries: RETRY_UNSENT, route: [{ destination }] }];
}

/** Of calls to the methods of a group. */
export function matchesOf({ paths }: MethodGroup): HttpMatch[] {
  return paths.map((exact) => ({ uri: { exact } }));
}

/** How calls of a group are treated. */
export function baseOf({ timeout, retries }: MethodGroup): RouteBase {
  return { ...(timeout !== undefined && { timeout }), retries };
}
