import type { AnyValue, KeyValue } from '../../proto/gen/opentelemetry/proto/common/v1/common_pb';

/** A value of OTLP as plain JSON; integers beyond exact doubles stay bigint. */
type Plain = string | boolean | number | bigint | null | Plain[] | { [key: string]: Plain };

/**
 * The text of an attribute's value, as in the collector's labels and Jaeger's tags: lists and maps are JSON with sorted
 * keys, bytes are base64.
 *
 * @see https://pkg.go.dev/go.opentelemetry.io/collector/pdata/pcommon#Value.AsString
 */
export function textOf(value: AnyValue | undefined): string {
  const { value: kind } = value ?? {};
  if (kind?.case === undefined) return '';
  if (kind.case === 'arrayValue' || kind.case === 'kvlistValue') return jsonOf(plainOf(value));
  if (kind.case === 'bytesValue') return Buffer.from(kind.value).toString('base64');
  return Object.is(kind.value, -0) ? '-0' : String(kind.value);
}

function plainOf(value: AnyValue | undefined): Plain {
  const { value: kind } = value ?? {};
  if (kind?.case === undefined) return null;
  if (kind.case === 'arrayValue') return kind.value.values.map(plainOf);
  if (kind.case === 'kvlistValue')
    return Object.fromEntries(kind.value.values.map(({ key, value: inner }) => [key, plainOf(inner)]));
  if (kind.case === 'bytesValue') return Buffer.from(kind.value).toString('base64');
  return kind.value;
}

function jsonOf(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${jsonOf(key)}:${jsonOf(value[key] ?? null)}`).join(',')}}`;
  }
  if (typeof value === 'string') return quote(value);
  return String(value);
}

/** Go's encoding/json escapes strings for HTML. */
function quote(text: string): string {
  const escape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, escape);
}

/** Finds an attribute by name. */
export function attributeOf(attributes: readonly KeyValue[], key: string): AnyValue | undefined {
  return attributes.find((each) => each.key === key)?.value;
}

/** Finds a string attribute. */
export function stringAttribute(attributes: readonly KeyValue[], key: string): string | undefined {
  const value = attributeOf(attributes, key)?.value;
  return value?.case === 'stringValue' ? value.value : undefined;
}

/** The resource attribute that names a service. */
export const SERVICE_NAME = 'service.name';
