import {
  type DescField,
  type Message,
  getOption,
  hasOption,
  type JsonObject,
  type JsonValue,
  ScalarType,
  type Registry,
  toJson,
} from '@bufbuild/protobuf';
import type { GenExtension } from '@bufbuild/protobuf/codegenv2';
import { FeatureSet_FieldPresence, type FieldOptions } from '@bufbuild/protobuf/wkt';

/** What a contract says about a field with Protovalidate, as JSON Schema says it. */
export interface FieldRules {
  /** Of the field, or of each item where it is a list. */
  readonly value: JsonObject;
  /** Of the list or map itself. */
  readonly whole: JsonObject;
  /** Whether a message without the field breaks a rule. */
  readonly required: boolean;
}

const NONE: FieldRules = { value: {}, whole: {}, required: false };

/**
 * Reads the rules of a field. Rules that JSON Schema has no word for, such as CEL's, are left out: the service still
 * holds them.
 *
 * @param registry has Protovalidate's extension, where a contract uses it
 * @see https://protovalidate.com/schemas/standard-rules/
 */
export function rulesOf(field: DescField, registry: Registry): FieldRules {
  const extension = registry.getExtension('buf.validate.field') as GenExtension<FieldOptions, Message> | undefined;
  if (!extension?.message || !hasOption(field, extension)) return NONE;
  const rules = toJson(extension.message, getOption(field, extension), { registry }) as JsonObject;
  const list = objectAt(rules, 'repeated');
  const map = objectAt(rules, 'map');
  const item =
    field.fieldKind === 'list' ? objectAt(list, 'items') : field.fieldKind === 'map' ? objectAt(map, 'values') : rules;
  const mayBeZero = rules['ignore'] === 'IGNORE_IF_ZERO_VALUE' || rules['ignore'] === 'IGNORE_ALWAYS';
  const value = mayBeZero ? {} : valueRules(item);
  const whole = renamed({ ...list, ...map }, WHOLE);
  return { value, whole, required: rules['required'] === true || (!mayBeZero && refusesZero(field, value, whole)) };
}

/** The words of Protovalidate that have one in JSON Schema. */
const VALUE: Readonly<Record<string, string>> = {
  minLen: 'minLength',
  maxLen: 'maxLength',
  pattern: 'pattern',
  const: 'const',
  in: 'enum',
  gte: 'minimum',
  lte: 'maximum',
  gt: 'exclusiveMinimum',
  lt: 'exclusiveMaximum',
};

const WHOLE: Readonly<Record<string, string>> = {
  minItems: 'minItems',
  maxItems: 'maxItems',
  unique: 'uniqueItems',
  minPairs: 'minProperties',
  maxPairs: 'maxProperties',
};

const FORMATS: Readonly<Record<string, string>> = {
  email: 'email',
  uuid: 'uuid',
  uri: 'uri',
  hostname: 'hostname',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
};

const SCALARS = ['string', 'int32', 'sint32', 'sfixed32', 'uint32', 'fixed32', 'float', 'double'];

/** Numbers of 64 bits are text in JSON, which has no bounds, and bytes are not as long as their text. */
function valueRules(rules: JsonObject): JsonObject {
  const kind = SCALARS.find((each) => each in rules);
  if (kind === undefined) return {};
  const own = objectAt(rules, kind);
  const format = Object.entries(FORMATS).find(([rule]) => own[rule] === true)?.[1];
  const { len } = own;
  const exact: JsonObject = len === undefined ? {} : { minLength: Number(len), maxLength: Number(len) };
  return { ...renamed(own, VALUE), ...exact, ...(format === undefined ? {} : { format }) };
}

/** 64-bit numbers, which lengths are, come as text. */
function renamed(rules: JsonObject, words: Readonly<Record<string, string>>): JsonObject {
  const known = Object.entries(rules).filter(([rule]) => Object.hasOwn(words, rule));
  return Object.fromEntries(known.map(([rule, value]) => [words[rule] as string, numberOf(rule, value)]));
}

function numberOf(rule: string, value: JsonValue): JsonValue {
  return /^(min|max)/.test(rule) ? Number(value) : value;
}

/** A field that tells no absence is there when it is not sent, with the zero of its type, and that has to pass. */
function refusesZero(field: DescField, value: JsonObject, whole: JsonObject): boolean {
  if (field.fieldKind === 'list') return Number(whole['minItems'] ?? 0) > 0;
  if (field.fieldKind === 'map') return Number(whole['minProperties'] ?? 0) > 0;
  if (field.fieldKind !== 'scalar' || field.presence !== FeatureSet_FieldPresence.IMPLICIT) return false;
  return field.scalar === ScalarType.STRING ? refusesText('', value) : refusesNumber(0, value);
}

function refusesText(text: string, { minLength = 0, pattern, format, ...rules }: JsonObject): boolean {
  const tooShort = text.length < Number(minLength) || format !== undefined;
  return tooShort || isNoChoice(text, rules) || (typeof pattern === 'string' && !matches(pattern, text));
}

function refusesNumber(
  number: number,
  { minimum, exclusiveMinimum, maximum, exclusiveMaximum, ...rules }: JsonObject,
): boolean {
  const tooLow = number < Number(minimum ?? -Infinity) || number <= Number(exclusiveMinimum ?? -Infinity);
  const tooHigh = number > Number(maximum ?? Infinity) || number >= Number(exclusiveMaximum ?? Infinity);
  return tooLow || tooHigh || isNoChoice(number, rules);
}

function isNoChoice(value: string | number, { enum: choices, const: only = value }: JsonObject): boolean {
  return only !== value || (Array.isArray(choices) && !choices.includes(value));
}

/** RE2's patterns are JavaScript's but for some groups; one that is not says nothing here. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
