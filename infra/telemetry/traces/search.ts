import type { KeyValue } from '../../../proto/gen/opentelemetry/proto/common/v1/common_pb';
import {
  type ResourceSpans,
  type Span,
  Status_StatusCode,
} from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { attributeOf, textOf } from '../values';
import { durationOf, kindOf, serviceOf, type SpanPlace, spansOf } from './trace-data';

/** What a trace is searched by: a trace fits when one of its spans fits all of it. */
export interface TraceQuery {
  /** Empty for any. */
  service: string;
  /** Empty for any. */
  operation: string;
  /** Texts of attributes of the span, its events, its scope or its resource. */
  attributes: ReadonlyMap<string, string>;
  /** Nanoseconds since 1970, both included. */
  startMin: bigint;
  startMax: bigint;
  /** Nanoseconds, both included; 0 for no bound. */
  durationMin: bigint;
  durationMax: bigint;
  /** How many traces, the newest first. */
  limit: number;
}

/** Whether a trace fits a query. */
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

/** The names that Jaeger reads as fields of a span, and whether a field is what the query says. */
const FIELDS: Record<string, (place: SpanPlace, text: string) => boolean> = {
  error: ({ span }, text) => isTrue(text) !== undefined && statusOf(span) === (isTrue(text) ? 'error' : 'ok'),
  'span.status': ({ span }, text) => statusOf(span) === text.toLowerCase(),
  'span.kind': ({ span }, text) => kindOf(span) === text.toLowerCase(),
  'scope.name': ({ scope }, text) => scope.scope?.name === text,
  'scope.version': ({ scope }, text) => scope.scope?.version === text,
};

/** True for names that a search reads from a span and not from its attributes. */
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

/** All lists of attributes in which a search looks. */
export function attributeLists({ resource, scope, span }: SpanPlace): KeyValue[][] {
  return [
    span.attributes,
    scope.scope?.attributes ?? [],
    resource.resource?.attributes ?? [],
    ...span.events.map(({ attributes }) => attributes),
  ];
}
