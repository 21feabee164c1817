import {
  create,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf';
import { hasBehavior } from './field-behavior';
import { rulesOf } from './field-rules';
import { SCALARS } from './scalar-schemas';

const MAX_DEPTH = 3;

/**
 * A request to begin with in a form: the examples that the contract states, else zeros. Tools that make one up from
 * the schema set all members of a oneof, which no server accepts, and invent texts that would be stored.
 *
 * @param without names of fields that the request has elsewhere
 * @param above the messages around this one, which are not repeated inside
 */
export function sampleOf(
  message: DescMessage,
  without: readonly string[] = [],
  above: readonly DescMessage[] = [],
): JsonObject {
  const shown = message.fields.filter(
    (field) => !without.includes(field.name) && isFirstOfOneof(field) && !hasBehavior(field, 'OUTPUT_ONLY'),
  );
  return Object.fromEntries(shown.map((field) => [field.jsonName, fieldSample(field, [...above, message])]));
}

function isFirstOfOneof(field: DescField): boolean {
  return field.oneof === undefined || field.oneof.fields[0] === field;
}

function fieldSample(field: DescField, above: readonly DescMessage[]): JsonValue {
  if (field.fieldKind === 'map') return {};
  const { examples } = rulesOf(field).value;
  const value = Array.isArray(examples) ? examples[0] : zeroOf(field, above);
  if (field.fieldKind === 'list') return value === undefined ? [] : [value];
  return value ?? {};
}

/** @returns undefined for a message that is not gone into */
function zeroOf(
  { message, enum: enumeration, scalar }: DescField,
  above: readonly DescMessage[],
): JsonValue | undefined {
  if (message) return messageSample(message, above);
  // The value of number 0 stands for none.
  if (enumeration) return (enumeration.values[1] ?? enumeration.values[0])?.jsonName;
  const { type, format } = SCALARS[scalar ?? ScalarType.STRING];
  if (type === 'boolean') return false;
  // A text with a format is a number of 64 bits.
  return type === 'string' ? (format === undefined ? '' : '0') : 0;
}

function messageSample(message: DescMessage, above: readonly DescMessage[]): JsonValue | undefined {
  // One without a kind has no JSON; as an object it is one of any shape.
  if (message.typeName === 'google.protobuf.Value') return {};
  if (message.typeName.startsWith('google.protobuf.')) return toJson(message, create(message));
  return above.length > MAX_DEPTH || above.includes(message) ? undefined : sampleOf(message, [], above);
}
