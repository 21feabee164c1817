import { LANE_HEADER, splitOf } from './names';
import type { Split, SplitRoute } from './split';

/** A resource whose every field may be missing. */
type Loose<T> = T extends (infer E)[] ? Loose<E>[] : T extends object ? { [K in keyof T]?: Loose<T[K]> } : T;

const SUFFIX = splitOf('');

/**
 * Reads the split from a resource: the inverse of `splitResource`.
 *
 * @param resource as parsed
 * @throws Error that names the route that does not belong to a split
 */
export function readSplit(resource: unknown): Split {
  const { kind, metadata, spec } = (resource ?? {}) as Loose<Resource>;
  const name = metadata?.name ?? '(no name)';
  const fault = (what: string): Error => new Error(`${kind ?? 'a resource'} ${name} is not a split: ${what}`);
  if (kind !== 'VirtualService' || !name.endsWith(SUFFIX))
    throw fault(`a split is a VirtualService <service>${SUFFIX}`);
  const http = Array.isArray(spec?.http) ? spec.http : [];
  const last = http.at(-1);
  const weights = last && weightsOf(last);
  if (!weights) throw fault('its last route must divide all calls among subsets');
  const lanes = http.slice(0, -1).map((route, index) => {
    const version = laneOf(route);
    if (version === undefined) throw fault(`http[${index}] must send one ${LANE_HEADER} to the subset of that name`);
    return version;
  });
  return { service: name.slice(0, -SUFFIX.length), weights, lanes };
}

interface Resource {
  kind: string;
  metadata: { name: string };
  spec: { http: SplitRoute[] };
}

/** The version, if the route is a lane. */
function laneOf({ match, route }: Loose<SplitRoute>): string | undefined {
  const [headers, ...others] = match ?? [];
  const asked = headers?.headers?.[LANE_HEADER]?.exact;
  const plain = others.length === 0 && isOnly(headers, 'headers') && isOnly(headers.headers, LANE_HEADER);
  const [target, ...more] = route ?? [];
  return plain && more.length === 0 && asked === target?.destination?.subset ? asked : undefined;
}

function isOnly(value: object | undefined, key: string): value is object {
  return value !== undefined && Object.keys(value).join() === key;
}

function weightsOf({ match, route }: Loose<SplitRoute>): Split['weights'] | undefined {
  if (match !== undefined || !Array.isArray(route) || route.length === 0) return undefined;
  // Typed clients leave out a weight of 0, and a single destination needs no weight.
  const alone = route.length === 1 ? 100 : 0;
  const weights = route.map(({ destination, weight }) => [destination?.subset, weight ?? alone] as const);
  if (weights.some(([version]) => version === undefined)) return undefined;
  if (new Set(weights.map(([version]) => version)).size < weights.length) return undefined;
  return Object.fromEntries(weights) as Record<string, number>;
}
