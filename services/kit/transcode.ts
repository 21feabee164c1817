import {
  type DescField,
  type DescMessage,
  createRegistry,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf';
import { filesOf } from '../../proto/definition';
import { areIntegersWritten, createIntegerCheck, isObject } from './json-integers';
import { type FieldViolation, invalidRequest } from './status-error';

/** Between a message and its JSON, as proto3 defines it. */
export interface MessageCodec {
  readonly descriptor: DescMessage;
  /** @throws StatusError INVALID_ARGUMENT with a violation for each field that is wrong, 20 at most */
  fromJson(json: JsonValue): Message;
  toJson(message: Message): JsonValue;
}

/** @see https://protobuf.dev/programming-guides/json/ */
export function createMessageCodec(descriptor: DescMessage): MessageCodec {
  const registry = createRegistry(...filesOf(descriptor.file));
  const hasRightIntegers = createIntegerCheck(descriptor);
  return {
    descriptor,
    fromJson: (json) => {
      try {
        if (hasRightIntegers(json)) return fromJson(descriptor, json, { registry });
      } catch {
        // What it says names no path.
      }
      throw invalidRequest(faultsOf(descriptor, json, registry));
    },
    toJson: (message) => toJson(descriptor, message, { registry, alwaysEmitImplicit: true }),
  };
}

/** Finding them all in a body of a MiB that is nothing but faults would keep the process from its other work. */
const MAX_FAULTS = 20;

/** The depth at which protobuf-es gives up as well. */
const MAX_DEPTH = 100;

/**
 * Where the JSON is wrong. protobuf-es stops at the first fault and names neither the way to it nor the item of a
 * list, so once it has refused, each field is put to it by itself.
 */
function faultsOf(descriptor: DescMessage, json: JsonValue, registry: Registry): FieldViolation[] {
  const accepts: Accepts = (message, part) => {
    try {
      fromJson(message, part, { registry });
      return areIntegersWritten(message, part);
    } catch {
      return false;
    }
  };
  const faults: FieldViolation[] = [];
  for (const fault of messageFaults(descriptor, json, { path: '', depth: 1, accepts }))
    if (faults.push(fault) === MAX_FAULTS) break;
  // Two fields of a oneof, for example: each is right by itself.
  return faults.length > 0 ? faults : [{ field: 'body', description: `cannot be read as ${descriptor.typeName}` }];
}

type Accepts = (message: DescMessage, part: JsonValue) => boolean;

/** Where in the JSON the search is. */
interface Place {
  readonly path: string;
  readonly depth: number;
  readonly accepts: Accepts;
}

type Faults = Generator<FieldViolation, undefined>;

function* messageFaults(message: DescMessage, json: JsonValue, place: Place): Faults {
  const field = place.path || 'body';
  if (place.depth > MAX_DEPTH) yield { field, description: 'is nested too deeply' };
  else if (!isObject(json)) yield { field, description: `must be an object, not ${shown(json)}` };
  else yield* memberFaults(message, json, place);
}

function* memberFaults(message: DescMessage, json: Record<string, JsonValue>, place: Place): Faults {
  const seen = new Set<DescField>();
  for (const [key, value] of Object.entries(json)) {
    const field = message.fields.find(({ name, jsonName }) => name === key || jsonName === key);
    const path = [place.path, field?.name ?? key].filter((each) => each !== '').join('.');
    if (!field) yield { field: path, description: 'is no field of the request' };
    else if (seen.has(field)) yield { field: path, description: 'must be given once; it is there by both its names' };
    else if (!place.accepts(message, { [key]: value })) yield* fieldFaults(field, value, { ...place, path });
    if (field) seen.add(field);
  }
}

function* fieldFaults(field: DescField, value: JsonValue, place: Place): Faults {
  const { path } = place;
  if (field.fieldKind === 'list' && Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield* valueFaults(field, item, [item], { ...place, path: `${path}[${index}]` });
  } else if (field.fieldKind === 'map' && isObject(value)) {
    for (const [key, item] of Object.entries(value))
      yield* valueFaults(field, item, { [key]: item }, { ...place, path: `${path}[${JSON.stringify(key)}]` });
  } else if (field.fieldKind === 'list' || field.fieldKind === 'map') {
    const what = field.fieldKind === 'list' ? 'a list' : 'an object';
    yield { field: path, description: `must be ${what}, not ${shown(value)}` };
  } else {
    yield* valueFaults(field, value, value, place);
  }
}

/** @param whole the value as the field would hold it if there were no other */
function* valueFaults(field: DescField, value: JsonValue, whole: JsonValue, place: Place): Faults {
  if (place.accepts(field.parent, { [field.name]: whole })) return;
  // The well-known types have JSON of their own.
  if (field.message && !field.message.typeName.startsWith('google.protobuf.'))
    yield* messageFaults(field.message, value, { ...place, depth: place.depth + 1 });
  else yield { field: place.path, description: `must be ${expected(field)}, not ${shown(value)}` };
}

function expected({ scalar, enum: enumeration, message }: DescField): string {
  if (scalar !== undefined) return SCALARS[scalar];
  if (enumeration) return `one of ${enumeration.values.map(({ name }) => name).join(', ')}`;
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
};

function shown(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 50 ? `${text.slice(0, 50)}…` : text;
}
