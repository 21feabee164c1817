import { create } from '@bufbuild/protobuf';
import {
  AnyValueSchema,
  ArrayValueSchema,
  KeyValueSchema,
} from '../../../proto/gen/opentelemetry/proto/common/v1/common_pb';
import { type Resource, ResourceSchema } from '../../../proto/gen/opentelemetry/proto/resource/v1/resource_pb';
import type { ResourceSpans, Span } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { isZero, SPAN_ID_BYTES, TRACE_ID_BYTES } from '../ids';
import type { Report } from '../receive/report';
import { attributeOf, SERVICE_NAME } from '../values';
import { MAX_EVENTS, MAX_FUTURE_MS, MAX_LINKS } from './span-limits';
import { formatGoTime } from './go-time';
import { truncateAttributes, truncateName, truncateText } from './truncate';

/**
 * Removes invalid spans from an export and cuts the others to the limits of `span-limits.ts`. A missing service name
 * becomes Jaeger's placeholder.
 *
 * @param resourceSpans changed in place
 * @param nowMs the time, in milliseconds since 1970
 * @param report records refusals and cuts
 */
export function acceptSpans(resourceSpans: ResourceSpans[], nowMs: number, report: Report): void {
  const latest = BigInt(nowMs + MAX_FUTURE_MS) * 1_000_000n;
  for (const each of resourceSpans) {
    each.resource ??= create(ResourceSchema);
    truncateAttributes(each.resource, report);
    nameService(each.resource);
    for (const { scope, spans } of each.scopeSpans) if (scope && spans.length > 0) truncateAttributes(scope, report);
    for (const scopeSpans of each.scopeSpans)
      scopeSpans.spans = scopeSpans.spans.filter((span) => acceptSpan(span, latest, report));
  }
}

function acceptSpan(span: Span, latest: bigint, report: Report): boolean {
  const fault = faultOf(span, latest);
  if (fault) {
    report.refuse(fault);
    return false;
  }
  if (isZero(span.parentSpanId)) span.parentSpanId = new Uint8Array();
  truncateSpan(span, report);
  if (span.endTimeUnixNano <= span.startTimeUnixNano) endLater(span);
  return true;
}

function faultOf(span: Span, latest: bigint): string | undefined {
  if (!isId(span.traceId, TRACE_ID_BYTES)) return `the trace id is not ${TRACE_ID_BYTES} bytes, or is all zeros`;
  if (!isId(span.spanId, SPAN_ID_BYTES)) return `the span id is not ${SPAN_ID_BYTES} bytes, or is all zeros`;
  if (![0, SPAN_ID_BYTES].includes(span.parentSpanId.length)) return `the parent's id is not ${SPAN_ID_BYTES} bytes`;
  if (span.startTimeUnixNano === 0n) return 'the start time is 0';
  if (span.startTimeUnixNano > latest) return 'the start time is more than a day ahead';
  if (span.endTimeUnixNano > latest) return 'the end time is more than a day ahead';
  return undefined;
}

function isId(id: Uint8Array, length: number): boolean {
  return id.length === length && !isZero(id);
}

function truncateSpan(span: Span, report: Report): void {
  span.name = truncateName(span.name, report);
  if (span.status) span.status.message = truncateText(span.status.message, report);
  span.traceState = truncateText(span.traceState, report);
  const links = span.links.filter(({ traceId, spanId }) => isIdOrNone(traceId, 16) && isIdOrNone(spanId, 8));
  if (links.length < span.links.length) report.warn('links with malformed ids were dropped');
  span.droppedLinksCount += Math.max(0, span.links.length - MAX_LINKS);
  span.droppedEventsCount += Math.max(0, span.events.length - MAX_EVENTS);
  if (links.length > MAX_LINKS) report.warn(`links beyond ${MAX_LINKS} were dropped`, links.length - MAX_LINKS);
  if (span.events.length > MAX_EVENTS) report.warn(`events beyond ${MAX_EVENTS} were dropped`);
  span.links = links.slice(0, MAX_LINKS);
  span.events = span.events.slice(0, MAX_EVENTS);
  for (const event of span.events) event.name = truncateName(event.name, report);
  for (const each of [span, ...span.events, ...span.links]) truncateAttributes(each, report);
}

function isIdOrNone(id: Uint8Array, length: number): boolean {
  return id.length === 0 || id.length === length;
}

/** Uses Jaeger's placeholders for missing names. */
function nameService({ attributes }: Resource): void {
  const name = attributeOf(attributes, SERVICE_NAME);
  if (name?.value.case === 'stringValue' && name.value.value !== '') return;
  const placeholder = placeholderFor(name?.value.case);
  if (name) name.value = { case: 'stringValue', value: placeholder };
  else attributes.push(keyValue(SERVICE_NAME, placeholder));
}

function placeholderFor(kind: string | undefined): string {
  if (kind === undefined) return 'missing-service-name';
  return kind === 'stringValue' ? 'empty-service-name' : 'service-name-wrong-type';
}

function keyValue(key: string, text: string) {
  return create(KeyValueSchema, { key, value: { value: { case: 'stringValue', value: text } } });
}

/** Fixes a span that ends before it starts, with Jaeger's warning. */
function endLater(span: Span): void {
  const end = span.startTimeUnixNano + 1n;
  const [was, is] = [formatGoTime(span.endTimeUnixNano), formatGoTime(end)];
  addWarning(
    span,
    `Negative duration detected, sanitizing end timestamp. Original end timestamp: ${was}, adjusted to: ${is}`,
  );
  span.endTimeUnixNano = end;
}

/** The attribute for Jaeger's warnings about a span. */
export const WARNINGS = '@jaeger@warnings';

/** Adds a warning, which Jaeger's page shows. */
export function addWarning(span: Span, warning: string): void {
  const text = create(AnyValueSchema, { value: { case: 'stringValue', value: warning } });
  const list = attributeOf(span.attributes, WARNINGS)?.value;
  if (list?.case === 'arrayValue') {
    list.value.values.push(text);
    return;
  }
  const value = { case: 'arrayValue' as const, value: create(ArrayValueSchema, { values: [text] }) };
  span.attributes.push(create(KeyValueSchema, { key: WARNINGS, value: { value } }));
}
