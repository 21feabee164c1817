import type { AnyValue, KeyValue } from '../../../proto/gen/opentelemetry/proto/common/v1/common_pb';
import {
  type Span,
  type Span_Event,
  Status_StatusCode,
} from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { WARNINGS } from '../traces/accept-spans';
import { kindOf, type SpanPlace } from '../traces/trace-data';
import { attributeOf, textOf } from '../values';
import { compare, LIBRARY_ATTRIBUTES } from './adjust';

/** A tag of Jaeger's older API. */
export interface Tag {
  key: string;
  type: string;
  value: string | number | boolean;
}

/** The tags of a span: its attributes, and fields of OTLP. */
export function tagsOf({ scope: { scope }, span }: SpanPlace): Tag[] {
  const own = span.attributes.filter(({ key }) => key !== WARNINGS).map(tagOf);
  return [
    ...textTag('otel.scope.name', scope?.name),
    ...textTag('otel.scope.version', scope?.version),
    ...own,
    ...textTag('span.kind', kindOf(span)),
    ...statusTags(span),
    ...textTag('w3c.tracestate', span.traceState),
  ];
}

/** The tags of a span's process: the attributes of its resource. */
export function processTags({ resource }: SpanPlace): Tag[] {
  return (resource.resource?.attributes ?? []).filter(({ key }) => key !== 'service.name').map(tagOf);
}

/** The fields of an event, which this API calls a log. */
export function fieldsOf({ name, attributes }: Span_Event): Tag[] {
  const named = name !== '' && !attributeOf(attributes, 'event') ? textTag('event', name) : [];
  return [...named, ...attributes.map(tagOf)];
}

/** Sorts tags like Jaeger and divides them between the span and its process. */
export function arrangeTags(tags: readonly Tag[], process: readonly Tag[]): { tags: Tag[]; process: Tag[] } {
  const isLibrary = ({ key }: Tag): boolean => LIBRARY_ATTRIBUTES.includes(key);
  return {
    tags: sortTags(tags.filter((each) => !isLibrary(each))),
    process: sortTags([...process, ...tags.filter(isLibrary)]),
  };
}

/** Sorts fields, the name of the event first. */
export function arrangeFields(fields: readonly Tag[]): Tag[] {
  const event = fields.find(({ key, type }) => key === 'event' && type === 'string');
  return [...(event ? [event] : []), ...sortTags(fields.filter((each) => each !== event))];
}

function statusTags({ status }: Span): Tag[] {
  const isError = status?.code === Status_StatusCode.ERROR;
  const code = isError ? 'ERROR' : status?.code === Status_StatusCode.OK ? 'OK' : '';
  return [
    ...textTag('otel.status_code', code),
    ...(isError ? [{ key: 'error', type: 'bool', value: true }] : []),
    ...textTag('otel.status_description', status?.message),
  ];
}

function textTag(key: string, value: string | undefined): Tag[] {
  return value ? [{ key, type: 'string', value }] : [];
}

const TYPES = { boolValue: 'bool', intValue: 'int64', doubleValue: 'float64', bytesValue: 'binary' } as const;

function tagOf({ key, value }: KeyValue): Tag {
  const kind = value?.value.case;
  const type = kind !== undefined && kind in TYPES ? TYPES[kind as keyof typeof TYPES] : 'string';
  return { key, type, value: valueOf(value) };
}

/** A number beyond exact doubles, or not finite, is a string. */
function valueOf(value: AnyValue | undefined): Tag['value'] {
  const kind = value?.value;
  if (kind?.case === 'boolValue') return kind.value;
  if (kind?.case === 'doubleValue' && Number.isFinite(kind.value)) return kind.value;
  if (kind?.case === 'intValue' && Number.isSafeInteger(Number(kind.value))) return Number(kind.value);
  return textOf(value);
}

const ORDER = ['string', 'bool', 'int64', 'float64', 'binary'];

function sortTags(tags: readonly Tag[]): Tag[] {
  const byValue = (a: Tag, b: Tag): number =>
    typeof a.value === 'number' && typeof b.value === 'number'
      ? a.value - b.value
      : compare(String(a.value), String(b.value));
  return [...tags].sort(
    (a, b) => compare(a.key, b.key) || ORDER.indexOf(a.type) - ORDER.indexOf(b.type) || byValue(a, b),
  );
}
