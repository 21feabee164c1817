import type { ServiceSpec } from '../services/kit/declaration';
import { durationBoundsOf } from '../services/kit/telemetry/duration-bounds';

/** The bounds of span metrics for all objectives of these services, in seconds, ascending. */
export function spanBoundsOf(specs: readonly ServiceSpec[]): readonly number[] {
  const bounds = new Set([...durationBoundsOf({}), ...specs.flatMap((spec) => durationBoundsOf(spec))]);
  return [...bounds].sort((a, b) => a - b);
}
