import { type DescField, type JsonObject, type JsonValue, ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';

/**
 * Whether a message without the field breaks its rules: a field without presence then has the zero of its type, which
 * the rules have to accept.
 *
 * @param value JSON Schema's words for the rules of the field
 * @param whole those for a list or map itself
 */
export function isZeroRefused(field: DescField, value: JsonObject, whole: JsonObject): boolean {
  if (field.fieldKind === 'list') return Number(whole['minItems'] ?? 0) > 0;
  if (field.fieldKind === 'map') return Number(whole['minProperties'] ?? 0) > 0;
  if (field.presence !== FeatureSet_FieldPresence.IMPLICIT) return false;
  const zero = zeroOf(field);
  if (isExcluded(zero, value)) return true;
  return typeof zero === 'number' ? isNumberRefused(zero, value) : isTextRefused(zero, value);
}

function zeroOf(field: DescField): JsonValue {
  if (field.enum) return field.enum.values[0]?.jsonName ?? null;
  if (field.scalar === ScalarType.BOOL) return false;
  return field.scalar === ScalarType.STRING || field.scalar === ScalarType.BYTES ? '' : 0;
}

function isExcluded(zero: JsonValue, { enum: choices, const: only = zero, not }: JsonObject): boolean {
  const excluded = (not as { enum: JsonValue[] } | undefined)?.enum ?? [];
  return only !== zero || excluded.includes(zero) || (Array.isArray(choices) && !choices.includes(zero));
}

function isTextRefused(zero: JsonValue, { minLength = 0, pattern, format }: JsonObject): boolean {
  if (zero !== '') return false;
  return Number(minLength) > 0 || format !== undefined || (typeof pattern === 'string' && !matches(pattern, zero));
}

function isNumberRefused(zero: number, { minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonObject): boolean {
  const isTooLow = zero < Number(minimum ?? -Infinity) || zero <= Number(exclusiveMinimum ?? -Infinity);
  const isTooHigh = zero > Number(maximum ?? Infinity) || zero >= Number(exclusiveMaximum ?? Infinity);
  return isTooLow || isTooHigh;
}

/** RE2's patterns are JavaScript's but for some groups; one that JavaScript cannot read says nothing here. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}
