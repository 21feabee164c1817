import { type DescField, type DescMessage, type JsonValue, ScalarType } from '@bufbuild/protobuf';

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

/** A number as JSON writes it. @see https://www.rfc-editor.org/rfc/rfc8259#section-6 */
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Makes a check that whole numbers which are written as texts are written as numbers are: protobuf-es reads them as
 * JavaScript does, so `"0x10"` would be 16 and `" 5"` 5.
 *
 * @returns whether they all are; whatever else is wrong is somebody else's to say
 * @see https://protobuf.dev/programming-guides/json/
 */
export function createIntegerCheck(descriptor: DescMessage): (json: JsonValue) => boolean {
  return hasInteger(descriptor, new Set()) ? (json) => areIntegersWritten(descriptor, json) : () => true;
}

/** Messages that have none need not be gone through. */
function hasInteger(message: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(message)) return false;
  seen.add(message);
  return message.fields.some(
    (field) => INTEGERS.has(field.scalar) || (field.message && hasInteger(field.message, seen)),
  );
}

/** The check itself, for one message. */
export function areIntegersWritten(message: DescMessage, json: JsonValue): boolean {
  // The well-known types have JSON of their own.
  if (!isObject(json) || message.typeName.startsWith('google.protobuf.')) return true;
  return message.fields.every((field) =>
    [json[field.name], json[field.jsonName]].every(
      (value) => value === undefined || itemsOf(field, value).every((item) => isWrittenItem(field, item)),
    ),
  );
}

function itemsOf({ fieldKind }: DescField, value: JsonValue): JsonValue[] {
  if (fieldKind === 'list') return Array.isArray(value) ? value : [];
  if (fieldKind === 'map') return isObject(value) ? Object.values(value) : [];
  return [value];
}

function isWrittenItem({ scalar, message }: DescField, item: JsonValue): boolean {
  if (message) return areIntegersWritten(message, item);
  return !INTEGERS.has(scalar) || typeof item !== 'string' || NUMBER.test(item);
}

/** Whether JSON is an object, as that of most messages is. */
export function isObject(value: JsonValue): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
