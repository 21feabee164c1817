import type { ResourceSpans } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { hexOf } from '../ids';
import { serviceOf, spansOf } from '../traces/trace-data';

/** Counts calls between services: spans with a parent in the same trace, by the services of both. */
export function dependenciesOf(traces: Iterable<ResourceSpans[]>) {
  const links = new Map<string, { parent: string; child: string; callCount: number }>();
  for (const trace of traces) {
    const services = new Map<string, string>();
    for (const { resource, span } of spansOf(trace)) {
      const id = hexOf(span.spanId);
      if (!services.has(id)) services.set(id, serviceOf(resource));
    }
    for (const { resource, span } of spansOf(trace)) {
      const parent = services.get(hexOf(span.parentSpanId));
      if (parent === undefined) continue;
      const [child, key] = [serviceOf(resource), JSON.stringify([parent, serviceOf(resource)])];
      const link = links.get(key) ?? { parent, child, callCount: 0 };
      links.set(key, { ...link, callCount: link.callCount + 1 });
    }
  }
  return [...links.values()];
}
