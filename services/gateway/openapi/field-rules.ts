import { type DescField, getOption, hasOption, type JsonObject, type JsonValue, toJson } from '@bufbuild/protobuf';
import { field as rulesOption, FieldRulesSchema } from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';
import { isZeroRefused } from './zero-value';

/** What a contract says about a field with Protovalidate, as JSON Schema says it. */
export interface FieldRules {
  /** Of the field, or of each item where it is a list, or of each value where it is a map. */
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
 * @see https://protovalidate.com/schemas/standard-rules/
 */
export function rulesOf(field: DescField): FieldRules {
  if (!hasOption(field, rulesOption)) return NONE;
  const rules = toJson(FieldRulesSchema, getOption(field, rulesOption)) as JsonObject;
  const list = objectAt(rules, 'repeated');
  const map = objectAt(rules, 'map');
  const item =
    field.fieldKind === 'list' ? objectAt(list, 'items') : field.fieldKind === 'map' ? objectAt(map, 'values') : rules;
  const mayBeZero = rules['ignore'] === 'IGNORE_IF_ZERO_VALUE' || rules['ignore'] === 'IGNORE_ALWAYS';
  const checked = mayBeZero ? {} : valueRules(item, field);
  const keys = renamed(objectAt(objectAt(map, 'keys'), 'string'), VALUE);
  const whole = {
    ...renamed({ ...list, ...map }, WHOLE),
    ...(Object.keys(keys).length > 0 ? { propertyNames: keys } : {}),
  };
  const required = rules['required'] === true || (!mayBeZero && isZeroRefused(field, checked, whole));
  return { value: { ...checked, ...examplesOf(item, field) }, whole, required };
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
  uriRef: 'uri-reference',
  hostname: 'hostname',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
};

/** Numbers of 64 bits are text in JSON, which has no bounds, and bytes are not as long as their text. */
const CHECKED = ['string', 'int32', 'sint32', 'sfixed32', 'uint32', 'fixed32', 'float', 'double', 'bool', 'enum'];

function valueRules(rules: JsonObject, field: DescField): JsonObject {
  const kind = CHECKED.find((each) => each in rules);
  if (kind === undefined) return {};
  const own = kind === 'enum' ? namedRules(objectAt(rules, kind), field) : objectAt(rules, kind);
  const format = Object.entries(FORMATS).find(([rule]) => own[rule] === true)?.[1];
  const { len, notIn } = own;
  return {
    ...renamed(own, VALUE),
    ...(len === undefined ? {} : { minLength: Number(len), maxLength: Number(len) }),
    ...(notIn === undefined ? {} : { not: { enum: notIn } }),
    ...(format === undefined ? {} : { format }),
  };
}

/** Rules have the numbers of an enum, and its JSON has names. */
function namedRules(rules: JsonObject, field: DescField): JsonObject {
  const nameOf = (number: JsonValue): JsonValue =>
    field.enum?.values.find((value) => value.number === number)?.jsonName ?? number;
  return Object.fromEntries(
    Object.entries(rules).map(([rule, value]) => [rule, Array.isArray(value) ? value.map(nameOf) : nameOf(value)]),
  );
}

/** The rules of every type may have some. */
function examplesOf(rules: JsonObject, field: DescField): JsonObject {
  for (const [kind, own] of Object.entries(rules)) {
    const typed = kind === 'enum' ? namedRules(objectAt(rules, kind), field) : (own as JsonObject);
    if (Array.isArray(typed['example'])) return { examples: typed['example'] };
  }
  return {};
}

/** 64-bit numbers, which lengths are, come as text. */
function renamed(rules: JsonObject, words: Readonly<Record<string, string>>): JsonObject {
  const known = Object.entries(rules).filter(([rule]) => Object.hasOwn(words, rule));
  return Object.fromEntries(known.map(([rule, value]) => [words[rule] as string, numberOf(rule, value)]));
}

function numberOf(rule: string, value: JsonValue): JsonValue {
  return /^(min|max)/.test(rule) ? Number(value) : value;
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
