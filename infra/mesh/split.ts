import { LANE_HEADER, type Names, splitOf, subsetOf } from './names';

/** How the calls of a service are divided among its versions. */
export interface Split {
  readonly service: string;
  /** Percent of the calls by version; they add up to 100. A version with 0 gets calls only by its lane. */
  readonly weights: Readonly<Record<string, number>>;
  /** The versions that a call can ask for: `x-weft-lane: v2`. */
  readonly lanes: readonly string[];
}

/** Where a call goes. */
export interface Destination {
  host: string;
  subset: string;
  port: { number: number };
}

/** A route of a split; without a match it takes all calls. */
export interface SplitRoute {
  name: string;
  match?: { headers: Record<string, { exact: string }> }[];
  route: { destination: Destination; weight?: number }[];
}

/** The VirtualService that holds a split. It has no hosts: the service's VirtualService delegates to it. */
export interface SplitResource {
  apiVersion: 'networking.istio.io/v1';
  kind: 'VirtualService';
  metadata: { name: string; namespace: string };
  spec: { http: SplitRoute[] };
}

/**
 * Checks a split.
 *
 * @param released the versions that exist
 * @returns one message per fault
 */
export function splitFaults({ service, weights, lanes }: Split, released: readonly string[]): string[] {
  const versions = [...new Set([...Object.keys(weights), ...lanes])];
  const unknown = versions.filter((version) => !released.includes(version));
  return [
    ...unknown.map((version) => `${service} has no version ${version}; it has ${released.join(', ') || 'none'}`),
    ...weightFaults(weights),
  ];
}

function weightFaults(weights: Split['weights']): string[] {
  const wrong = Object.entries(weights).filter(([, weight]) => !(Number.isInteger(weight) && weight >= 0));
  if (wrong.length > 0)
    return wrong.map(([version, weight]) => `${version}=${weight}: a weight is a whole number from 0 to 100`);
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  return sum === 100 ? [] : [`the weights add up to ${sum}; they must add up to 100`];
}

/**
 * Makes the resource that holds a split. Lanes come before weights, since the first route that matches wins.
 *
 * @param split without {@link splitFaults}
 * @param port of the service
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate
 */
export function splitResource(
  { service, weights, lanes }: Split,
  names: Pick<Names, 'namespaceOf' | 'hostOf'>,
  port: number,
): SplitResource {
  const destination = (version: string): Destination => ({
    host: names.hostOf(service),
    subset: subsetOf(version),
    port: { number: port },
  });
  const everybody = Object.entries(weights).map(([version, weight]) => ({ destination: destination(version), weight }));
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: splitOf(service), namespace: names.namespaceOf(service) },
    spec: { http: [...lanes.map((version) => laneRoute(version, destination(version))), weightsRoute(everybody)] },
  };
}

function laneRoute(version: string, destination: Destination): SplitRoute {
  const match = [{ headers: { [LANE_HEADER]: { exact: version } } }];
  return { name: `lane-${version}`, match, route: [{ destination }] };
}

function weightsRoute(route: SplitRoute['route']): SplitRoute {
  return { name: 'weights', route };
}
