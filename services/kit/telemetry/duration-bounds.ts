import type { LatencyObjective, ServiceSpec } from '../declaration';
import { DURATION_BOUNDS } from './names';

/**
 * The bounds of a service's duration histograms, in seconds, ascending: those of the conventions and the limits of its
 * latency objectives. A histogram counts exactly only the calls that were faster than one of its bounds.
 */
export function durationBoundsOf(spec: Pick<ServiceSpec, 'slo'>): readonly number[] {
  const objectives = [spec.slo, ...(spec.slo?.methods ?? [])].flatMap<LatencyObjective>((each) => each?.latency ?? []);
  const bounds = new Set<number>([...DURATION_BOUNDS, ...objectives.map(({ seconds }) => seconds)]);
  return [...bounds].sort((a, b) => a - b);
}
