import { toBinary } from '@bufbuild/protobuf';
import type { KeyValue } from '../../../proto/gen/opentelemetry/proto/common/v1/common_pb';
import { type ResourceSpans, SpanSchema } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { attributeOf, textOf } from '../values';
import { spansOf } from '../traces/trace-data';
import { type Dialect, warnOfSkew } from './clock-skew';
import { divideSharedIds } from './shared-ids';

/**
 * Adjusts a trace as Jaeger does before it shows one: spans that share an id get their own, attributes are sorted,
 * copies of a span are dropped, and oddities become warnings.
 *
 * @param trace changed in place
 * @param dialect the differences between the two versions of the API
 */
export function adjust(trace: ResourceSpans[], dialect: Dialect): void {
  divideSharedIds(trace, dialect);
  sortAttributes(trace);
  dropCopies(trace);
  warnOfSkew(trace, dialect);
  for (const { resource } of trace) resource?.attributes.forEach(formatAddress);
  for (const { span } of spansOf(trace)) span.attributes.forEach(formatAddress);
}

function sortAttributes(trace: readonly ResourceSpans[]): void {
  for (const { resource } of trace) resource?.attributes.sort(byKey);
  for (const { scope, span } of spansOf(trace))
    for (const each of [scope.scope, span, ...span.events, ...span.links]) each?.attributes.sort(byKey);
}

function byKey(a: KeyValue, b: KeyValue): number {
  return compare(a.key, b.key);
}

/** Go compares texts by bytes; except for surrogate pairs JavaScript's order is the same. */
export function compare<T extends string | number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function dropCopies(trace: readonly ResourceSpans[]): void {
  const seen = new Set<string>();
  for (const { resource, scopeSpans } of trace)
    for (const each of scopeSpans) {
      const around = [resource, each.scope].map((of) => of?.attributes.map(({ key, value }) => [key, textOf(value)]));
      each.spans = each.spans.filter((span) => {
        const key = JSON.stringify(around) + Buffer.from(toBinary(SpanSchema, span)).toString('latin1');
        return seen.size < seen.add(key).size;
      });
    }
}

/** Old clients send an IPv4 address as a number. */
function formatAddress(attribute: KeyValue): void {
  const kind = attribute.value?.value;
  if (!['ip', 'peer.ipv4'].includes(attribute.key) || !attribute.value) return;
  if (kind?.case !== 'intValue' && kind?.case !== 'doubleValue') return;
  const number = Number(BigInt.asUintN(32, BigInt(Math.trunc(Number(kind.value)))));
  const bytes = [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff);
  attribute.value.value = { case: 'stringValue', value: bytes.join('.') };
}

/** Attributes of the library that made a span, which belong to the resource. */
export const LIBRARY_ATTRIBUTES = [
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
  'telemetry.distro.name',
  'telemetry.distro.version',
];

/** Moves the attributes of the library to the resource, as in version 3 of the API. */
export function moveLibraryAttributes(trace: readonly ResourceSpans[], dialect: Dialect): void {
  for (const { resource, span } of spansOf(trace))
    for (const attribute of span.attributes.filter(({ key }) => LIBRARY_ATTRIBUTES.includes(key))) {
      const attributes = resource.resource?.attributes ?? [];
      const known = attributeOf(attributes, attribute.key);
      if (known && textOf(known) !== textOf(attribute.value)) {
        dialect.warn(span, `conflicting values between Span and Resource for attribute ${attribute.key}`);
        continue;
      }
      if (!known) attributes.push(attribute);
      span.attributes = span.attributes.filter((each) => each !== attribute);
    }
}
