import { metrics, trace } from '@opentelemetry/api';
import { withLimit } from '../runtime/with-limit';
import type { Delegating } from './propagation';

/** A provider of an SDK. The API's own provider has no `forceFlush`. */
interface Flushable {
  forceFlush?(): Promise<void>;
}

/** Sends recorded spans and metrics that are still waiting. @param limitMs after this time the rest is lost */
export async function flushTelemetry(limitMs: number): Promise<void> {
  const tracers = (trace.getTracerProvider() as Delegating).getDelegate?.();
  const flush = async (provider: Flushable = {}): Promise<void> => provider.forceFlush?.();
  // Failures are ignored, since the process is ending.
  await withLimit(Promise.allSettled([flush(tracers), flush(metrics.getMeterProvider() as Flushable)]), limitMs);
}
