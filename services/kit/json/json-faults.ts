import { type DescField, type DescMessage, type DescOneof, ScalarType } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import { isExactNumber, isObject, type Json } from './json-numbers';
import { isMapKey } from './json-types';
import type { FieldViolation } from '../errors/status-error';

/** Finding them all in a body of a MiB that is nothing but faults would keep the process from its other work. */
export const MAX_FAULTS = 20;

/** The depth at which protobuf-es gives up as well. */
const MAX_DEPTH = 100;

/**
 * The places where JSON is wrong. protobuf-es stops at the first fault and names neither the path to it nor the item of
 * a list, so once it has refused, each field is given to it by itself.
 *
 * @param read throws for JSON that a message cannot be read from
 */
export function jsonFaults(descriptor: DescMessage, json: Json, read: Read): FieldViolation[] {
  const accepts: Accepts = (message, part) => {
    try {
      read(message, part);
      return true;
    } catch {
      return false;
    }
  };
  const faults: FieldViolation[] = [];
  for (const fault of messageFaults(descriptor, json, { path: '', depth: 1, accepts }))
    if (faults.push(fault) === MAX_FAULTS) break;
  // Two keys of a map that are one number, for example: each is right by itself.
  return faults.length > 0 ? faults : [{ field: 'body', description: `cannot be read as ${descriptor.typeName}` }];
}

type Read = (message: DescMessage, part: Json) => unknown;

type Accepts = (message: DescMessage, part: Json) => boolean;

/** Where in the JSON the search is. */
interface Place {
  readonly path: string;
  readonly depth: number;
  readonly accepts: Accepts;
}

type Faults = Generator<FieldViolation, undefined>;

function* messageFaults(message: DescMessage, json: Json, place: Place): Faults {
  const field = place.path || 'body';
  if (place.depth > MAX_DEPTH) yield { field, description: 'is nested too deeply' };
  else if (!isObject(json)) yield { field, description: `must be an object, not ${shown(json)}` };
  else yield* memberFaults(message, json, place);
}

function* memberFaults(message: DescMessage, json: Record<string, Json>, place: Place): Faults {
  const seen = new Set<DescField>();
  const chosen = new Map<DescOneof, DescField>();
  for (const [key, value] of Object.entries(json)) {
    const field = message.fields.find(({ name, jsonName }) => name === key || jsonName === key);
    const path = [place.path, field?.name ?? key].filter((each) => each !== '').join('.');
    if (!field) yield { field: path, description: 'is not a field of the request' };
    else if (seen.has(field)) yield { field: path, description: 'must be given once; it is there by both its names' };
    else if (!place.accepts(message, { [key]: value })) yield* fieldFaults(field, value, { ...place, path });
    if (!field) continue;
    seen.add(field);
    if (!field.oneof || value === null) continue;
    const other = chosen.get(field.oneof);
    if (other && other !== field) yield { field: path, description: besideAnother(field.oneof, other) };
    chosen.set(field.oneof, field);
  }
}

/** Said of a field when another one of its oneof is set too. */
export function besideAnother(oneof: DescOneof, other: DescField): string {
  return `must not be set beside ${other.name}: ${oneof.name} allows one of ${oneof.fields.map(({ name }) => name).join(', ')}`;
}

function* fieldFaults(field: DescField, value: Json, place: Place): Faults {
  const { path } = place;
  if (field.fieldKind === 'list' && Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield* valueFaults(field, item, [item], { ...place, path: `${path}[${index}]` });
  } else if (field.fieldKind === 'map' && isObject(value)) {
    for (const [key, item] of Object.entries(value))
      yield* entryFaults(field, key, item, { ...place, path: `${path}[${JSON.stringify(key)}]` });
  } else if (field.fieldKind === 'list' || field.fieldKind === 'map') {
    const what = field.fieldKind === 'list' ? 'a list' : 'an object';
    yield { field: path, description: `must be ${what}, not ${shown(value)}` };
  } else {
    yield* valueFaults(field, value, value, place);
  }
}

function* entryFaults(field: DescField & { fieldKind: 'map' }, key: string, item: Json, place: Place): Faults {
  if (isMapKey(field.mapKey, key)) yield* valueFaults(field, item, { [key]: item }, place);
  else yield { field: place.path, description: `has a key that is not ${SCALARS[field.mapKey]}` };
}

/** @param whole the value as the field would hold it if there were no other */
function* valueFaults(field: DescField, value: Json, whole: Json, place: Place): Faults {
  if (place.accepts(field.parent, { [field.name]: whole })) return;
  // The well-known types have JSON of their own.
  if (field.message && !field.message.typeName.startsWith('google.protobuf.'))
    yield* messageFaults(field.message, value, { ...place, depth: place.depth + 1 });
  else yield { field: place.path, description: `must be ${describeType(field)}, not ${shown(value)}` };
}

/** Describes the type of a single value for people: `a whole number of 32 bits`. */
export function describeType({
  scalar,
  enum: enumeration,
  message,
}: Pick<DescField, 'scalar' | 'enum' | 'message'>): string {
  if (scalar !== undefined) return SCALARS[scalar];
  if (enumeration) return `one of ${enumeration.values.map(({ name }) => name).join(', ')}`;
  if (message && isWrapperDesc(message)) return SCALARS[message.fields[0].scalar];
  return WELL_KNOWN[message?.typeName ?? ''] ?? `the JSON of ${message?.typeName}`;
}

const SCALARS: Readonly<Record<ScalarType, string>> = {
  [ScalarType.INT32]: 'a whole number of 32 bits',
  [ScalarType.SINT32]: 'a whole number of 32 bits',
  [ScalarType.SFIXED32]: 'a whole number of 32 bits',
  [ScalarType.UINT32]: 'a whole number of 32 bits that is not negative',
  [ScalarType.FIXED32]: 'a whole number of 32 bits that is not negative',
  [ScalarType.INT64]: 'a whole number of 64 bits',
  [ScalarType.SINT64]: 'a whole number of 64 bits',
  [ScalarType.SFIXED64]: 'a whole number of 64 bits',
  [ScalarType.UINT64]: 'a whole number of 64 bits that is not negative',
  [ScalarType.FIXED64]: 'a whole number of 64 bits that is not negative',
  [ScalarType.FLOAT]: 'a number',
  [ScalarType.DOUBLE]: 'a number',
  [ScalarType.BOOL]: 'true or false',
  [ScalarType.STRING]: 'a text',
  [ScalarType.BYTES]: 'bytes in base64',
};

const WELL_KNOWN: Readonly<Record<string, string>> = {
  'google.protobuf.Timestamp': 'a time such as 2026-01-31T12:00:00Z',
  'google.protobuf.Duration': 'a length of time such as 1.5s',
  'google.protobuf.FieldMask': 'names of fields with commas between, such as title,author.name',
};

function shown(value: Json): string {
  if (isExactNumber(value)) return shorten(value.source);
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  return shorten(JSON.stringify(value));
}

/** The beginning of a text that is too long for a sentence. */
export function shorten(text: string): string {
  return text.length > 50 ? `${text.slice(0, 50)}…` : text;
}
