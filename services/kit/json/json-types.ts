import { type DescField, type DescMessage, type JsonValue, type Registry, ScalarType } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import { isExactNumber, isNumberText, isObject, type Json, mapMembers, toDoubles, wholeNumber } from './json-numbers';

const FLOATS = new Set<ScalarType | undefined>([ScalarType.FLOAT, ScalarType.DOUBLE]);
const INTEGERS = new Set<ScalarType | undefined>([
  ScalarType.INT32,
  ScalarType.SINT32,
  ScalarType.SFIXED32,
  ScalarType.UINT32,
  ScalarType.FIXED32,
  ScalarType.INT64,
  ScalarType.SINT64,
  ScalarType.SFIXED64,
  ScalarType.UINT64,
  ScalarType.FIXED64,
]);

/** Well-known types whose JSON has numbers that no field describes. */
const UNTYPED = new Set(['google.protobuf.Any', 'google.protobuf.Struct', 'google.protobuf.Value']);

/**
 * JSON as protobuf-es reads it: its whole numbers are written as the digits that they have, and others are doubles.
 *
 * @throws Error for a text that JavaScript takes for a number and JSON does not, such as `"0x10"`; whatever else is wrong
 *   protobuf-es says
 * @see https://protobuf.dev/programming-guides/json/
 */
export function jsonByType(message: DescMessage, json: Json, registry?: Registry): JsonValue {
  if (!hasNumbers(message)) return json as JsonValue;
  if (isWrapperDesc(message)) return scalarJson(message.fields[0].scalar, json);
  if (message.typeName === 'google.protobuf.Any') return anyJson(json, registry);
  if (message.typeName === 'google.protobuf.Duration') return durationJson(json);
  if (UNTYPED.has(message.typeName)) return toDoubles(json) as JsonValue;
  if (!isObject(json)) return toDoubles(json) as JsonValue;
  const fields = fieldsOf(message);
  return mapMembers(json, (value, key) => {
    const field = fields.get(key);
    return field ? fieldJson(field, value, registry) : toDoubles(value);
  }) as JsonValue;
}

function fieldJson(field: DescField, value: Json, registry: Registry | undefined): JsonValue {
  const item = (each: Json): JsonValue =>
    field.message ? jsonByType(field.message, each, registry) : scalarJson(field.scalar, each);
  if (field.fieldKind === 'list') return Array.isArray(value) ? value.map(item) : (toDoubles(value) as JsonValue);
  if (field.fieldKind !== 'map') return item(value);
  if (!isObject(value)) return toDoubles(value) as JsonValue;
  if (!Object.keys(value).every((key) => isMapKey(field.mapKey, key))) throw new Error('a key has the wrong type');
  return mapMembers(value, item) as JsonValue;
}

/** True for a key that is written as its type is; JSON has keys as text only. */
export function isMapKey(type: ScalarType, key: string): boolean {
  if (type === ScalarType.BOOL) return key === 'true' || key === 'false';
  return !INTEGERS.has(type) || /^-?\d+$/.test(key);
}

function scalarJson(scalar: ScalarType | undefined, value: Json): JsonValue {
  const text = isExactNumber(value) ? value.source : value;
  if (INTEGERS.has(scalar) && typeof text === 'string') return wholeNumber(text) ?? refuse(text);
  if (FLOATS.has(scalar) && typeof value === 'string') return isFloatText(value) ? value : refuse(value);
  return toDoubles(value) as JsonValue;
}

function isFloatText(text: string): boolean {
  return isNumberText(text) || ['NaN', 'Infinity', '-Infinity'].includes(text);
}

function refuse(text: string): never {
  throw new Error(`"${text}" is not a number of this type`);
}

/** True for `1.5s`: seconds, with up to nine digits behind the point. protobuf-es also reads what follows the `s`. */
export function isDurationText(text: string): boolean {
  return /^-?\d+(\.\d{1,9})?s$/.test(text);
}

function durationJson(json: Json): JsonValue {
  return typeof json !== 'string' || isDurationText(json) ? (toDoubles(json) as JsonValue) : refuse(json);
}

/** The message in an Any lies beside its `@type`, but for the well-known types. */
function anyJson(json: Json, registry: Registry | undefined): JsonValue {
  const type = isObject(json) ? json['@type'] : undefined;
  const message = typeof type === 'string' ? registry?.getMessage(type.slice(type.lastIndexOf('/') + 1)) : undefined;
  if (!message || !isObject(json)) return toDoubles(json) as JsonValue;
  if (!message.typeName.startsWith('google.protobuf.')) return jsonByType(message, json, registry);
  return mapMembers(json, (value, key) =>
    key === 'value' ? jsonByType(message, value, registry) : toDoubles(value),
  ) as JsonValue;
}

const fieldMaps = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

/** By both names. */
function fieldsOf(message: DescMessage): ReadonlyMap<string, DescField> {
  const known = fieldMaps.get(message);
  if (known) return known;
  const fields = new Map(
    message.fields.flatMap((field) => [
      [field.jsonName, field],
      [field.name, field],
    ]),
  );
  fieldMaps.set(message, fields);
  return fields;
}

const numbers = new WeakMap<DescMessage, boolean>();

/** Messages without numbers need not be gone through. */
function hasNumbers(message: DescMessage): boolean {
  const known = numbers.get(message);
  if (known !== undefined) return known;
  const found = reachesNumber(message, new Set());
  numbers.set(message, found);
  return found;
}

/** Well-known types whose JSON is a text, and has no more to it than protobuf-es checks. */
const TEXTS = new Set(['google.protobuf.Timestamp', 'google.protobuf.FieldMask']);

function reachesNumber(message: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(message) || TEXTS.has(message.typeName)) return false;
  seen.add(message);
  if (UNTYPED.has(message.typeName)) return true;
  return message.fields.some(
    (field) =>
      field.enum !== undefined ||
      INTEGERS.has(field.scalar) ||
      FLOATS.has(field.scalar) ||
      (field.fieldKind === 'map' && INTEGERS.has(field.mapKey)) ||
      (field.message !== undefined && reachesNumber(field.message, seen)),
  );
}
