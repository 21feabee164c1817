import { create } from '@bufbuild/protobuf';
import { ResourceSchema } from '../../../proto/gen/opentelemetry/proto/resource/v1/resource_pb';
import {
  type ResourceSpans,
  ResourceSpansSchema,
  type ScopeSpans,
  ScopeSpansSchema,
  type Span,
} from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { hexOf } from '../ids';
import { SERVICE_NAME, stringAttribute } from '../values';

/** A span with its scope and resource. */
export interface SpanPlace {
  resource: ResourceSpans;
  scope: ScopeSpans;
  span: Span;
}

/** Every span of a trace. */
export function spansOf(trace: readonly ResourceSpans[]): SpanPlace[] {
  return trace.flatMap((resource) =>
    resource.scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ resource, scope, span }))),
  );
}

/** The service that sent these spans; empty if unknown. */
export function serviceOf({ resource }: ResourceSpans): string {
  return stringAttribute(resource?.attributes ?? [], SERVICE_NAME) ?? '';
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** The kind of a span in lower case; empty if unknown. */
export function kindOf({ kind }: Span): string {
  return KINDS[kind] ?? '';
}

/** The duration of a span, in nanoseconds. */
export function durationOf({ startTimeUnixNano, endTimeUnixNano }: Span): bigint {
  return endTimeUnixNano - startTimeUnixNano;
}

/**
 * Groups spans by trace. Like Jaeger, it drops schema URLs.
 *
 * @returns the spans of each trace by its id in hex, in order of arrival
 */
export function divideByTrace(exported: readonly ResourceSpans[]): Map<string, ResourceSpans[]> {
  const traces = new Map<string, ResourceSpans[]>();
  for (const resourceSpans of exported)
    for (const [id, scopeSpans] of scopesByTrace(resourceSpans.scopeSpans)) {
      const { attributes = [], droppedAttributesCount = 0 } = resourceSpans.resource ?? {};
      const resource = create(ResourceSchema, { attributes, droppedAttributesCount });
      const part = create(ResourceSpansSchema, { resource, scopeSpans });
      const known = traces.get(id);
      if (known) known.push(part);
      else traces.set(id, [part]);
    }
  return traces;
}

function scopesByTrace(scopes: readonly ScopeSpans[]): Map<string, ScopeSpans[]> {
  const traces = new Map<string, ScopeSpans[]>();
  for (const { scope, spans } of scopes)
    for (const [id, own] of groupBy(spans, ({ traceId }) => hexOf(traceId))) {
      const part = create(ScopeSpansSchema, { ...(scope && { scope }), spans: own });
      const known = traces.get(id);
      if (known) known.push(part);
      else traces.set(id, [part]);
    }
  return traces;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
