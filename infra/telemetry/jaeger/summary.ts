import { type ResourceSpans, Status_StatusCode } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { hexOf } from '../ids';
import { serviceOf, type SpanPlace, spansOf } from '../traces/trace-data';
import { compare } from './adjust';

/** Makes a search result of a trace in Jaeger's JSON, without counts of 0. */
export function summaryOf(trace: readonly ResourceSpans[]) {
  const places = spansOf(trace);
  const ids = new Set(places.map(({ span }) => hexOf(span.spanId)));
  const root = rootOf(places);
  const isOrphan = ({ span }: SpanPlace): boolean => span.parentSpanId.length > 0 && !ids.has(hexOf(span.parentSpanId));
  const services = [...new Set(places.map(({ resource }) => serviceOf(resource)))].sort();
  return {
    traceId: places[0] && hexOf(places[0].span.traceId),
    ...(root && { rootServiceName: serviceOf(root.resource), rootOperationName: root.span.name }),
    minStartTimeUnixNano: String(places.map(({ span }) => span.startTimeUnixNano).sort(compare)[0]),
    maxEndTimeUnixNano: String(
      places
        .map(({ span }) => span.endTimeUnixNano)
        .sort(compare)
        .at(-1),
    ),
    spanCount: places.length,
    ...counted('errorSpanCount', places.filter(isError).length),
    ...counted('orphanSpanCount', places.filter(isOrphan).length),
    services: services.map((name) => serviceSummary(name, places)),
  };
}

function serviceSummary(name: string, places: readonly SpanPlace[]) {
  const own = places.filter(({ resource }) => serviceOf(resource) === name);
  return { name, spanCount: own.length, ...counted('errorSpanCount', own.filter(isError).length) };
}

/** The first span that has no parent. */
function rootOf(places: readonly SpanPlace[]): SpanPlace | undefined {
  const roots = places.filter(({ span }) => span.parentSpanId.length === 0);
  return roots.sort((a, b) => compare(a.span.startTimeUnixNano, b.span.startTimeUnixNano))[0];
}

function isError({ span }: SpanPlace): boolean {
  return span.status?.code === Status_StatusCode.ERROR;
}

function counted(name: string, count: number): Record<string, number> {
  return count === 0 ? {} : { [name]: count };
}
