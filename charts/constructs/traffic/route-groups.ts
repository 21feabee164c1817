import type { Destination, HttpMatch, HttpRoute } from '../istio';

/** How calls are treated on their way. */
export type Treatment = Pick<HttpRoute, 'timeout' | 'retries' | 'headers'>;

/** Calls that the mesh treats alike. */
export interface RouteGroup extends Treatment {
  /** Says what they share: `idempotent-3s`. */
  name: string;
  /** Empty for all calls that no group before takes. */
  matches: HttpMatch[];
}

/**
 * A pair of routes for each group. The first delegates to the split, which is state and in no file. Istio drops it while
 * there is no split, and the second leads to the stable version.
 *
 * @param first what the first of each pair matches as well. It has the port, which is the same for all calls: without it
 * `istioctl analyze` reports the second as unreachable.
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate
 */
export function routePairs(
  groups: readonly RouteGroup[],
  split: string,
  stable: Destination,
  first: HttpMatch,
): HttpRoute[] {
  return groups.flatMap(({ name, matches, ...treatment }) => [
    { name, match: withEach(matches, first), ...treatment, delegate: { name: split } },
    routeTo(stable, { name: `${name}-stable`, matches, ...treatment }),
  ]);
}

/** The route of a group that has no split. */
export function routeTo(destination: Destination, { name, matches, ...treatment }: RouteGroup): HttpRoute {
  return { name, ...(matches.length > 0 && { match: matches }), ...treatment, route: [{ destination }] };
}

function withEach(matches: readonly HttpMatch[], more: HttpMatch): HttpMatch[] {
  return matches.length === 0 ? [more] : matches.map((match) => ({ ...match, ...more }));
}
