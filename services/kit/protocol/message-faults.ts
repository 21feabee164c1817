import { type DescEnum, type DescField, type DescMessage, type DescOneof, ScalarType } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';

/**
 * Finds mistakes in a message that protobuf-es ignores silently, and that the compiler misses where types are lost. A
 * Date would become 1970, a number a string, half a surrogate pair another character, and a misspelt field would be
 * dropped.
 *
 * @returns one message each, with the field's path
 */
export function messageFaults(descriptor: DescMessage, value: unknown, path = ''): string[] {
  const at = path || descriptor.typeName;
  if (!isPlain(value)) return [`${at} must be an object, not ${describeValue(value)}`];
  const { $typeName = descriptor.typeName } = value;
  if ($typeName !== descriptor.typeName) return [`${at} must be a ${descriptor.typeName}, not a ${String($typeName)}`];
  return Object.entries(value).flatMap(([key, each]) =>
    key.startsWith('$') ? [] : memberFaults(descriptor, key, each, path === '' ? key : `${path}.${key}`),
  );
}

function memberFaults(descriptor: DescMessage, key: string, value: unknown, at: string): string[] {
  const member = descriptor.members.find(({ localName }) => localName === key);
  if (!member) return [unknownKey(descriptor, key, at)];
  if (value === undefined || value === null) return [];
  return member.kind === 'oneof' ? oneofFaults(member, value, at) : fieldFaults(member, value, at);
}

function oneofFaults({ fields }: DescOneof, value: unknown, at: string): string[] {
  if (!isPlain(value)) return [`${at} must be an object with case and value, not ${describeValue(value)}`];
  if (value['case'] === undefined) return [];
  const field = fields.find(({ localName }) => localName === value['case']);
  if (field) return valueFaults(field, value['value'], `${at}.value`);
  return [
    `${at}.case cannot be ${describeValue(value['case'])}; write one of ${fields.map((each) => each.localName).join(', ')}`,
  ];
}

function unknownKey({ fields, typeName }: DescMessage, key: string, at: string): string {
  const meant = fields.find(({ name, jsonName, localName }) => [name, jsonName, localName].includes(key));
  const oneof = meant?.oneof && `${meant.oneof.localName}: { case: '${meant.localName}', value: … }`;
  return `${at} is not a field of ${typeName} and would be dropped${meant ? `; write ${oneof ?? meant.localName}` : ''}`;
}

function fieldFaults(field: DescField, value: unknown, at: string): string[] {
  switch (field.fieldKind) {
    case 'list':
      if (!Array.isArray(value)) return [`${at} must be an array, not ${describeValue(value)}`];
      return value.flatMap((item, index) => valueFaults(field, item, `${at}[${index}]`));
    case 'map':
      if (!isPlain(value)) return [`${at} must be an object, not ${describeValue(value)}`];
      return Object.entries(value).flatMap(([key, item]) => [
        ...keyFaults(field.mapKey, key, at),
        ...valueFaults(field, item, `${at}["${key}"]`),
      ]);
    default:
      return valueFaults(field, value, at);
  }
}

function keyFaults(type: ScalarType, key: string, at: string): string[] {
  // The keys of an object are strings, whatever type the contract says.
  const meant = type === ScalarType.BOOL ? { true: true, false: false }[key] : key;
  const rule = SCALARS[type] ?? INTEGER;
  return rule.accepts(meant) ? [] : [`${at} has the key ${describeValue(key)}, which must be ${rule.what}`];
}

function valueFaults(field: DescField, value: unknown, at: string): string[] {
  if (value instanceof Date) return [`${at} is a Date, which would become 1970; write timestampFromDate(date)`];
  if (field.message) return messageValueFaults(field, field.message, value, at);
  if (field.enum) return enumFaults(field.enum, value, at);
  return field.scalar === undefined ? [] : scalarFaults(field.scalar, value, at);
}

function messageValueFaults(field: DescField, message: DescMessage, value: unknown, at: string): string[] {
  // protobuf-es represents wrappers by their value, and a Struct by a plain object.
  if (isWrapperDesc(message) && field.fieldKind === 'message' && !field.oneof)
    return valueFaults(message.fields[0], value, at);
  if (message.typeName === 'google.protobuf.Struct' && field.parent.typeName !== 'google.protobuf.Value')
    return isPlain(value) ? [] : [`${at} must be an object, not ${describeValue(value)}`];
  return messageFaults(message, value, at);
}

/** A receiver cannot read an unknown value of a closed enum; those of an open enum are allowed. */
function enumFaults({ typeName, name, open, values }: DescEnum, value: unknown, at: string): string[] {
  if (typeof value === 'number' && (open || values.some(({ number }) => number === value))) return [];
  const meant = values.find((each) => each.name === value || each.localName === value);
  const hint = meant ? `; write ${name}.${meant.localName}` : '';
  return [`${at} cannot be ${describeValue(value)}; ${typeName} has no such value${hint}`];
}

function scalarFaults(type: ScalarType, value: unknown, at: string): string[] {
  const rule = SCALARS[type] ?? INTEGER;
  return rule.accepts(value) ? [] : [`${at} must be ${rule.what}, not ${describeValue(value)}`];
}

interface ScalarRule {
  what: string;
  accepts(value: unknown): boolean;
}

/** protobuf-es checks the range itself, but accepts anything that JavaScript converts to a number. */
const INTEGER: ScalarRule = {
  what: 'a whole number',
  accepts: (value) =>
    ['number', 'bigint'].includes(typeof value) || (typeof value === 'string' && /^-?\d+$/.test(value)),
};

const NUMBER: ScalarRule = { what: 'a number', accepts: (value) => typeof value === 'number' };

/** The types that are not whole numbers. */
const SCALARS: Partial<Readonly<Record<ScalarType, ScalarRule>>> = {
  [ScalarType.FLOAT]: NUMBER,
  [ScalarType.DOUBLE]: NUMBER,
  [ScalarType.BOOL]: { what: 'true or false', accepts: (value) => typeof value === 'boolean' },
  // Half of a surrogate pair would become another character.
  [ScalarType.STRING]: {
    what: 'a text',
    accepts: (value) => typeof value === 'string' && !/\p{Surrogate}/u.test(value),
  },
  [ScalarType.BYTES]: { what: 'bytes', accepts: (value) => value instanceof Uint8Array },
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for an object whose content is in its properties, unlike a Date, Map or Set. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !(value instanceof Date || value instanceof Map || value instanceof Set);
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date || value instanceof Map || value instanceof Set) return `a ${value.constructor.name}`;
  if (isObject(value)) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
