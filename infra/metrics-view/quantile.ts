/** Cumulative counts of observations by upper bound; the last bound is Infinity. */
export type Buckets = Map<number, number>;

/**
 * A quantile of a histogram by Prometheus's rules: observations are spread evenly over their bucket, and those beyond
 * the last bound count as that bound.
 *
 * @param q from 0 to 1
 * @returns undefined without observations
 * @see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
export function quantile(q: number, buckets: Buckets): number | undefined {
  const ordered = [...buckets].sort(([a], [b]) => a - b);
  const total = ordered.at(-1)?.[1] ?? 0;
  if (ordered.length < 2 || ordered.at(-1)?.[0] !== Infinity || !(total > 0)) return undefined;
  const counts = monotonic(ordered.map(([, count]) => count));
  const rank = q * total;
  const index = Math.min(
    counts.findIndex((count) => count >= rank),
    ordered.length - 1,
  );
  const bound = (at: number): number => ordered[at]?.[0] ?? 0;
  if (index === -1 || index === ordered.length - 1) return bound(ordered.length - 2);
  if (index === 0 && bound(0) <= 0) return bound(0);
  const [below, lower] = index === 0 ? [0, 0] : [counts[index - 1] ?? 0, bound(index - 1)];
  const inside = (counts[index] ?? 0) - below;
  return inside === 0 ? bound(index) : lower + ((bound(index) - lower) * (rank - below)) / inside;
}

/** Buckets are read one after another, so a later one may have grown in between. */
function monotonic(counts: number[]): number[] {
  let most = 0;
  return counts.map((count) => (most = Math.max(most, count)));
}

/** Adds the counts of one histogram to another. */
export function addBuckets(sum: Buckets, more: Buckets): void {
  for (const [bound, count] of more) sum.set(bound, (sum.get(bound) ?? 0) + count);
}
