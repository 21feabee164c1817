import { create, type DescEnum, type DescField, type DescMessage, fromJson, ScalarType } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { type FieldMask, FieldMaskSchema, isWrapperDesc } from '@bufbuild/protobuf/wkt';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { isNumberText, wholeNumber } from '../../kit/json/json-numbers';
import { isDurationText } from '../../kit/json/json-types';

/** What a single value of a field is made of. */
export type ValueType = Pick<DescField, 'scalar' | 'enum' | 'message'>;

/**
 * Reads a text from a path or a query by the type of the field that it sets, as protobuf-es's reflection takes it.
 *
 * @returns undefined for a text that is not of this type; whether a number is in range, the field checks when it is set
 */
export function parseValue({ scalar, enum: enumeration, message }: ValueType, text: string): unknown {
  if (scalar !== undefined) return parseScalar(scalar, text);
  if (enumeration) return parseEnum(enumeration, text);
  return message && parseMessage(message, text);
}

function parseScalar(scalar: ScalarType, text: string): unknown {
  switch (scalar) {
    case ScalarType.STRING:
      return text;
    case ScalarType.BOOL:
      return BOOLS.get(text);
    case ScalarType.BYTES:
      return parseBytes(text);
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      return parseFloating(text);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return whole(text, BigInt);
    default:
      return whole(text, Number);
  }
}

function whole<T>(text: string, of: (digits: string) => T): T | undefined {
  const digits = wholeNumber(text);
  return digits === undefined ? undefined : of(digits);
}

/** What both grpc-gateway (Go's strconv.ParseBool) and Envoy take. */
const BOOLS = new Map([
  ...['true', 'True', 'TRUE', 't', 'T', '1'].map((text) => [text, true] as const),
  ...['false', 'False', 'FALSE', 'f', 'F', '0'].map((text) => [text, false] as const),
]);

function parseFloating(text: string): number | undefined {
  if (['NaN', 'Infinity', '-Infinity'].includes(text)) return Number(text);
  const number = Number(text);
  return isNumberText(text) && Number.isFinite(number) ? number : undefined;
}

/** Base64 in either alphabet, padded or not. */
function parseBytes(text: string): Uint8Array | undefined {
  try {
    return base64Decode(text);
  } catch {
    return undefined;
  }
}

function parseEnum({ values }: DescEnum, text: string): number | undefined {
  return values.find(({ name }) => name === text)?.number ?? whole(text, Number);
}

function parseMessage(message: DescMessage, text: string): unknown {
  if (message.typeName === FieldMaskSchema.typeName) return reflect(FieldMaskSchema, parseFieldMask(text));
  if (isWrapperDesc(message)) {
    const value = parseValue(message.fields[0], text);
    if (value === undefined) return undefined;
    const wrapper = reflect(message, create(message));
    wrapper.set(message.fields[0], value);
    return wrapper;
  }
  return isTime(message, text) ? parseTime(message, text) : undefined;
}

/** Names as the contract writes them or in lowerCamelCase, with commas between: `title,author.firstName`. */
function parseFieldMask(text: string): FieldMask {
  const names = text === '' ? [] : text.split(',');
  const paths = names.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  return create(FieldMaskSchema, { paths });
}

function isTime({ typeName }: DescMessage, text: string): boolean {
  return typeName === 'google.protobuf.Timestamp' || (typeName === 'google.protobuf.Duration' && isDurationText(text));
}

function parseTime(message: DescMessage, text: string): unknown {
  try {
    return reflect(message, fromJson(message, text));
  } catch {
    return undefined;
  }
}
