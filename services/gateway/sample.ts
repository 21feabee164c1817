import { create, type DescField, type DescMessage, type JsonObject, type JsonValue, toJson } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { hasBehavior } from './field-behavior';
import { rulesOf } from './field-rules';

/** How far a sample reaches into messages inside a message, which may contain itself. */
const MAX_DEPTH = 3;

/**
 * A request to begin with in a form: the examples that the contract states, else zeros. Tools that make one up from
 * the schema set all members of a oneof, which no server accepts, and invent texts that would be stored.
 *
 * @param without names of fields that the request has elsewhere
 */
export function sampleOf(message: DescMessage, without: readonly string[] = [], depth = MAX_DEPTH): JsonObject {
  const shown = message.fields.filter(
    (field) =>
      !without.includes(field.name) &&
      (field.oneof?.fields[0] ?? field) === field &&
      !hasBehavior(field, 'OUTPUT_ONLY'),
  );
  return Object.fromEntries(shown.map((field) => [field.jsonName, fieldSample(field, depth)]));
}

function fieldSample(field: DescField, depth: number): JsonValue {
  if (field.fieldKind === 'map') return {};
  const { examples } = rulesOf(field).value;
  const value = Array.isArray(examples) ? (examples[0] as JsonValue) : zeroOf(field, depth);
  if (field.fieldKind !== 'list') return value;
  return depth === 0 && field.message ? [] : [value];
}

/** Of an enum its first value that says something: the one of number 0 stands for none. */
function zeroOf({ message, enum: enumeration, scalar }: DescField, depth: number): JsonValue {
  if (message) return messageSample(message, depth);
  if (enumeration) return (enumeration.values[1] ?? enumeration.values[0])?.jsonName ?? '';
  if (scalar === ScalarType.BOOL) return false;
  if (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) return '';
  return scalar !== undefined && IN_64_BITS.has(scalar) ? '0' : 0;
}

/** JSON has them as texts. */
const IN_64_BITS = new Set([
  ScalarType.INT64,
  ScalarType.SINT64,
  ScalarType.SFIXED64,
  ScalarType.UINT64,
  ScalarType.FIXED64,
]);

function messageSample(message: DescMessage, depth: number): JsonValue {
  if (message.typeName === 'google.protobuf.Value') return null;
  if (message.typeName.startsWith('google.protobuf.')) return toJson(message, create(message));
  return depth === 0 ? {} : sampleOf(message, [], depth - 1);
}
