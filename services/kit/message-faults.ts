import { type DescField, type DescMessage, type DescOneof, ScalarType } from '@bufbuild/protobuf';

/**
 * What is wrong with a message as code has it, before it becomes bytes: the mistakes that proto-loader passes over
 * in silence. A Date becomes 1970, an unknown enum 0, a text that is no number 0, a number that is too large
 * another one, and a field that the contract does not have, or spells otherwise, is dropped.
 *
 * @returns a sentence for each, with the field's path
 */
export function messageFaults(descriptor: DescMessage, value: unknown, path = ''): string[] {
  if (!isPlain(value)) return [`${path || descriptor.typeName} must be an object, not ${shown(value)}`];
  const fields = new Map(descriptor.fields.map((field) => [field.localName, field]));
  const oneofs = oneofKeys(descriptor);
  const faults = Object.entries(value).flatMap(([key, each]) => {
    const field = fields.get(key);
    const at = path === '' ? key : `${path}.${key}`;
    if (field) return isSet(each) ? fieldFaults(field, each, at) : [];
    return oneofs.has(key) ? [] : [unknownKey(descriptor, key, at)];
  });
  return [...faults, ...descriptor.oneofs.flatMap((oneof) => oneofFaults(oneof, value, path))];
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** proto-loader itself puts the name of the field that is set under the name of its oneof; an optional field has one. */
function oneofKeys({ fields, oneofs }: DescMessage): Set<string> {
  const optional = fields.filter(({ proto }) => proto.proto3Optional);
  return new Set(
    [...oneofs, ...optional].map(({ kind, localName }) => (kind === 'oneof' ? localName : `_${localName}`)),
  );
}

function oneofFaults({ fields }: DescOneof, value: object, path: string): string[] {
  const set = fields.filter(({ localName }) => isSet((value as Record<string, unknown>)[localName]));
  const names = set.map(({ localName }) => localName).join(' and ');
  return set.length > 1 ? [`${path || 'the message'} has ${names}, of which only one may be set`] : [];
}

function unknownKey({ fields, typeName }: DescMessage, key: string, at: string): string {
  const meant = fields.find(({ name, jsonName }) => name === key || jsonName === key);
  return `${at} is no field of ${typeName} and would be dropped${meant ? `; write ${meant.localName}` : ''}`;
}

function fieldFaults(field: DescField, value: unknown, at: string): string[] {
  switch (field.fieldKind) {
    case 'list':
      if (!Array.isArray(value)) return [`${at} must be an array, not ${shown(value)}`];
      return value.flatMap((item, index) => valueFaults(field, item, `${at}[${index}]`));
    case 'map':
      if (!isPlain(value)) return [`${at} must be an object, not ${shown(value)}`];
      return Object.entries(value).flatMap(([key, item]) => [
        ...keyFaults(field.mapKey, key, at),
        ...valueFaults(field, item, `${at}["${key}"]`),
      ]);
    default:
      return valueFaults(field, value, at);
  }
}

function keyFaults(type: ScalarType, key: string, at: string): string[] {
  // The keys of an object are texts, whatever they stand for.
  const meant = type === ScalarType.BOOL ? { true: true, false: false }[key] : key;
  const rule = SCALARS[type];
  return rule.accepts(meant) ? [] : [`${at} has the key ${shown(key)}, which must be ${rule.what}`];
}

function valueFaults({ message, enum: enumeration, scalar }: DescField, value: unknown, at: string): string[] {
  if (value instanceof Date) return [`${at} is a Date, which would become 1970; write toTimestamp(date)`];
  if (message) return messageFaults(message, value, at);
  if (enumeration) {
    const known = enumeration.values.some(({ name, number }) => name === value || number === value);
    return known ? [] : [`${at} cannot be ${shown(value)}; ${enumeration.typeName} has no such value`];
  }
  const rule = scalar === undefined ? undefined : SCALARS[scalar];
  return !rule || rule.accepts(value) ? [] : [`${at} must be ${rule.what}, not ${shown(value)}`];
}

interface ScalarRule {
  what: string;
  accepts(value: unknown): boolean;
}

function whole(min: bigint, max: bigint, bits: string): ScalarRule {
  const accepts = (value: unknown): boolean => {
    const exact = exactInteger(value);
    return exact !== undefined && exact >= min && exact <= max;
  };
  return { what: bits, accepts };
}

/** From a number, a bigint, digits, or a Long, whose text is digits. */
function exactInteger(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  if (typeof value === 'bigint') return value;
  const digits = typeof value === 'string' ? value : isLong(value) ? value.toString() : '';
  return /^-?\d+$/.test(digits) ? BigInt(digits) : undefined;
}

function isLong(value: unknown): value is { unsigned: boolean; toString(): string } {
  return isObject(value) && 'unsigned' in value;
}

const INT32 = whole(-(2n ** 31n), 2n ** 31n - 1n, 'a whole number of 32 bits');
const UINT32 = whole(0n, 2n ** 32n - 1n, 'a whole number of 32 bits that is not negative');
const INT64 = whole(-(2n ** 63n), 2n ** 63n - 1n, 'a whole number of 64 bits');
const UINT64 = whole(0n, 2n ** 64n - 1n, 'a whole number of 64 bits that is not negative');
const DOUBLE: ScalarRule = { what: 'a number', accepts: (value) => typeof value === 'number' };
const FLOAT: ScalarRule = {
  what: 'a number of 32 bits',
  accepts: (value) => typeof value === 'number' && (!Number.isFinite(value) || Number.isFinite(Math.fround(value))),
};

const SCALARS: Readonly<Record<ScalarType, ScalarRule>> = {
  [ScalarType.INT32]: INT32,
  [ScalarType.SINT32]: INT32,
  [ScalarType.SFIXED32]: INT32,
  [ScalarType.UINT32]: UINT32,
  [ScalarType.FIXED32]: UINT32,
  [ScalarType.INT64]: INT64,
  [ScalarType.SINT64]: INT64,
  [ScalarType.SFIXED64]: INT64,
  [ScalarType.UINT64]: UINT64,
  [ScalarType.FIXED64]: UINT64,
  [ScalarType.FLOAT]: FLOAT,
  [ScalarType.DOUBLE]: DOUBLE,
  [ScalarType.BOOL]: { what: 'true or false', accepts: (value) => typeof value === 'boolean' },
  [ScalarType.STRING]: { what: 'a text', accepts: (value) => typeof value === 'string' },
  [ScalarType.BYTES]: { what: 'bytes', accepts: (value) => value instanceof Uint8Array },
};

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with fields, and none of those whose content is not in their properties. */
function isPlain(value: unknown): value is object {
  return isObject(value) && !(value instanceof Date || value instanceof Map || value instanceof Set);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date || value instanceof Map || value instanceof Set) return `a ${value.constructor.name}`;
  if (isObject(value)) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
