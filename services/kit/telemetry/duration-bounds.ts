import type { LatencyObjective, ServiceSpec } from '../declaration';
import { DURATION_BOUNDS } from './names';

/**
 * The bounds of the duration histograms of a service, in seconds, ascending: those of the conventions, and the limits of
 * its latency objectives. A histogram only tells exactly how many calls were faster than a bound of its buckets.
 */
export function durationBoundsOf(spec: Pick<ServiceSpec, 'slo'>): readonly number[] {
  const objectives = [spec.slo, ...(spec.slo?.methods ?? [])].flatMap<LatencyObjective>((each) => each?.latency ?? []);
  const bounds = new Set<number>([...DURATION_BOUNDS, ...objectives.map(({ seconds }) => seconds)]);
  return [...bounds].sort((a, b) => a - b);
}
