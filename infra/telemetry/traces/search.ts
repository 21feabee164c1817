import type { KeyValue } from '../../../proto/gen/opentelemetry/proto/common/v1/common_pb';
import {
  type ResourceSpans,
  type Span,
  Status_StatusCode,
} from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { attributeOf, textOf } from '../values';
import { durationOf, kindOf, serviceOf, type SpanPlace, spansOf } from './trace-data';

/** A search: a trace matches if one of its spans meets all conditions. */
export interface TraceQuery {
  /** Empty for any. */
  service: string;
  /** Empty for any. */
  operation: string;
  /** Attributes of the span, its events, its scope or its resource, as texts. */
  attributes: ReadonlyMap<string, string>;
  /** In nanoseconds since 1970, inclusive. */
  startMin: bigint;
  startMax: bigint;
  /** In nanoseconds, inclusive; 0 for no bound. */
  durationMin: bigint;
  durationMax: bigint;
  /** The number of newest traces to return. */
  limit: number;
}

/** True if a trace matches a query. */
export function matchesTrace(trace: readonly ResourceSpans[], query: TraceQuery): boolean {
  const candidates = trace.filter((each) => query.service === '' || serviceOf(each) === query.service);
  return spansOf(candidates).some((place) => matchesSpan(place, query));
}

function matchesSpan(place: SpanPlace, query: TraceQuery): boolean {
  const { span } = place;
  if (query.operation !== '' && span.name !== query.operation) return false;
  if (span.startTimeUnixNano < query.startMin || span.startTimeUnixNano > query.startMax) return false;
  const duration = durationOf(span);
  if (query.durationMin !== 0n && duration < query.durationMin) return false;
  if (query.durationMax !== 0n && duration > query.durationMax) return false;
  return [...query.attributes].every(([key, text]) => hasAttribute(place, key, text));
}

/** The names that Jaeger reads as fields of a span, each with its test. */
const FIELDS: Record<string, (place: SpanPlace, text: string) => boolean> = {
  error: ({ span }, text) => isTrue(text) !== undefined && statusOf(span) === (isTrue(text) ? 'error' : 'ok'),
  'span.status': ({ span }, text) => statusOf(span) === text.toLowerCase(),
  'span.kind': ({ span }, text) => kindOf(span) === text.toLowerCase(),
  'scope.name': ({ scope }, text) => scope.scope?.name === text,
  'scope.version': ({ scope }, text) => scope.scope?.version === text,
};

/** True for a name that means a field of the span, not an attribute. */
export function isField(name: string): boolean {
  return Object.hasOwn(FIELDS, name);
}

function isTrue(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined;
}

function statusOf({ status }: Span): string {
  if (status?.code === Status_StatusCode.ERROR) return 'error';
  return status?.code === Status_StatusCode.OK ? 'ok' : 'unset';
}

function hasAttribute(place: SpanPlace, key: string, text: string): boolean {
  if (isField(key)) return FIELDS[key]?.(place, text) ?? false;
  return attributeLists(place).some((attributes) => {
    const value = attributeOf(attributes, key);
    return value !== undefined && textOf(value) === text;
  });
}

/** All attributes that a search looks at. */
export function attributeLists({ resource, scope, span }: SpanPlace): KeyValue[][] {
  return [
    span.attributes,
    scope.scope?.attributes ?? [],
    resource.resource?.attributes ?? [],
    ...span.events.map(({ attributes }) => attributes),
  ];
}
