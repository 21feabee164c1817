import type { AnyValue, KeyValue } from '../../../proto/gen/opentelemetry/proto/common/v1/common_pb';
import type {
  ResourceSpans,
  ScopeSpans,
  Span,
  Span_Event,
  Span_Link,
} from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { hexOf } from '../ids';

type Json = string | number | boolean | Json[] | { [name: string]: Json | undefined };

/**
 * Writes spans as OTLP's JSON: protobuf's JSON with hex ids and numeric enums, without unset fields.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function resourceSpansJson({ resource, scopeSpans }: ResourceSpans): Json {
  return {
    resource: { ...attributesJson(resource?.attributes), ...count('droppedAttributesCount', resource) },
    ...list('scopeSpans', scopeSpans, scopeSpansJson),
  };
}

function scopeSpansJson({ scope, spans }: ScopeSpans): Json {
  return {
    scope: {
      ...text('name', scope?.name),
      ...text('version', scope?.version),
      ...attributesJson(scope?.attributes),
      ...count('droppedAttributesCount', scope),
    },
    ...list('spans', spans, spanJson),
  };
}

function spanJson(span: Span): Json {
  return {
    traceId: hexOf(span.traceId),
    spanId: hexOf(span.spanId),
    ...text('traceState', span.traceState),
    ...text('parentSpanId', hexOf(span.parentSpanId)),
    ...count('flags', span),
    ...text('name', span.name),
    ...count('kind', span),
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    ...attributesJson(span.attributes),
    ...count('droppedAttributesCount', span),
    ...list('events', span.events, eventJson),
    ...count('droppedEventsCount', span),
    ...list('links', span.links, linkJson),
    ...count('droppedLinksCount', span),
    status: { ...text('message', span.status?.message), ...count('code', span.status) },
  };
}

function eventJson(event: Span_Event): Json {
  return {
    ...(event.timeUnixNano !== 0n && { timeUnixNano: String(event.timeUnixNano) }),
    ...text('name', event.name),
    ...attributesJson(event.attributes),
    ...count('droppedAttributesCount', event),
  };
}

function linkJson(link: Span_Link): Json {
  return {
    ...text('traceId', hexOf(link.traceId)),
    ...text('spanId', hexOf(link.spanId)),
    ...text('traceState', link.traceState),
    ...attributesJson(link.attributes),
    ...count('droppedAttributesCount', link),
    ...count('flags', link),
  };
}

function attributesJson(attributes: readonly KeyValue[] = []) {
  return list('attributes', attributes, keyValueJson);
}

function keyValueJson({ key, value }: KeyValue): Json {
  return { ...text('key', key), value: valueJson(value) };
}

function valueJson(value: AnyValue | undefined): Json {
  const { value: kind } = value ?? {};
  if (kind?.case === undefined) return {};
  if (kind.case === 'arrayValue') return { arrayValue: { ...list('values', kind.value.values, valueJson) } };
  if (kind.case === 'kvlistValue') return { kvlistValue: { ...list('values', kind.value.values, keyValueJson) } };
  if (kind.case === 'bytesValue') return { bytesValue: Buffer.from(kind.value).toString('base64') };
  if (kind.case === 'intValue') return { intValue: String(kind.value) };
  if (kind.case === 'doubleValue' && !Number.isFinite(kind.value)) return { doubleValue: String(kind.value) };
  return { [kind.case]: kind.value };
}

function text(name: string, value: string | undefined) {
  return value ? { [name]: value } : {};
}

function count<N extends string>(name: N, of: Record<N, number> | undefined) {
  return of && of[name] !== 0 ? { [name]: of[name] } : {};
}

function list<T>(name: string, items: readonly T[], json: (item: T) => Json) {
  return items.length > 0 ? { [name]: items.map(json) } : {};
}
