import { metrics, trace } from '@opentelemetry/api';
import { withLimit } from '../runtime/with-limit';
import type { Delegating } from './propagation';

/** A provider of an SDK; the API's own has nothing to send. */
interface Flushable {
  forceFlush?(): Promise<void>;
}

/** Sends what has been recorded and not yet sent. @param limitMs how long that may take; what is left then is lost */
export async function flushTelemetry(limitMs: number): Promise<void> {
  const tracers = (trace.getTracerProvider() as Delegating).getDelegate?.();
  const flush = async (provider: Flushable = {}): Promise<void> => provider.forceFlush?.();
  // Both at once, and whatever comes of it: the process ends anyway.
  await withLimit(Promise.allSettled([flush(tracers), flush(metrics.getMeterProvider() as Flushable)]), limitMs);
}
