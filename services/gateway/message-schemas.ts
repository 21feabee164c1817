import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonObject,
  type Registry,
  ScalarType,
} from '@bufbuild/protobuf';
import { rulesOf } from './field-rules';

/** The schemas of messages and enums, as far as somebody has asked for them. */
export interface MessageSchemas {
  /** A reference to a message by its full name. */
  ofMessage(message: DescMessage): JsonObject;
  /** The message without some of its fields, in place. */
  withoutFields(message: DescMessage, names: readonly string[]): JsonObject;
  ofField(field: DescField): JsonObject;
  isRequired(field: DescField): boolean;
  /** All that references lead to. */
  all(): JsonObject;
}

/**
 * Messages in the JSON of proto3, as JSON Schema of the dialect of OpenAPI 3.1.
 *
 * @see https://protobuf.dev/programming-guides/json/
 */
export function createMessageSchemas(registry: Registry): MessageSchemas {
  const schemas = new Map<string, JsonObject>();
  const reference = ({ typeName }: DescMessage | DescEnum, make: () => JsonObject): JsonObject => {
    if (!schemas.has(typeName)) {
      // Before it is made, since a message may contain itself.
      schemas.set(typeName, {});
      schemas.set(typeName, make());
    }
    return { $ref: `#/components/schemas/${typeName}` };
  };
  const ofMessage = (message: DescMessage): JsonObject =>
    WELL_KNOWN[message.typeName] ?? reference(message, () => withoutFields(message, []));
  const single = ({ scalar, enum: enumeration, message }: DescField): JsonObject => {
    if (message) return ofMessage(message);
    if (enumeration) return reference(enumeration, () => enumSchema(enumeration));
    return SCALARS[scalar ?? ScalarType.STRING];
  };
  const ofField = (field: DescField): JsonObject => {
    const { value, whole } = rulesOf(field, registry);
    const item = { ...single(field), ...value };
    if (field.fieldKind === 'list') return { type: 'array', items: item, ...whole };
    if (field.fieldKind === 'map') return { type: 'object', additionalProperties: item, ...whole };
    return item;
  };
  const isRequired = (field: DescField): boolean => rulesOf(field, registry).required;
  const withoutFields = ({ fields }: DescMessage, names: readonly string[]): JsonObject => {
    const shown = fields.filter(({ name }) => !names.includes(name));
    const required = shown.filter(isRequired).map(({ jsonName }) => jsonName);
    return {
      type: 'object',
      properties: Object.fromEntries(shown.map((field) => [field.jsonName, ofField(field)])),
      ...(required.length > 0 ? { required } : {}),
    };
  };
  const all = (): JsonObject => Object.fromEntries([...schemas].sort(([a], [b]) => a.localeCompare(b)));
  return { ofMessage, withoutFields, ofField, isRequired, all };
}

function enumSchema({ values }: DescEnum): JsonObject {
  return { type: 'string', enum: values.map(({ name }) => name) };
}

const INT32: JsonObject = { type: 'integer', format: 'int32' };
const UINT32: JsonObject = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 };
const INT64: JsonObject = { type: 'string', format: 'int64', pattern: '^-?\\d{1,19}$' };
const UINT64: JsonObject = { type: 'string', format: 'uint64', pattern: '^\\d{1,20}$' };

const SCALARS: Readonly<Record<ScalarType, JsonObject>> = {
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
  [ScalarType.FLOAT]: { type: 'number', format: 'float' },
  [ScalarType.DOUBLE]: { type: 'number', format: 'double' },
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
};

/** The types that have JSON of their own. */
const WELL_KNOWN: Readonly<Record<string, JsonObject>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?\\d+(\\.\\d{1,9})?s$' },
  'google.protobuf.FieldMask': { type: 'string' },
  'google.protobuf.Empty': { type: 'object' },
  'google.protobuf.Struct': { type: 'object' },
  'google.protobuf.Value': {},
  'google.protobuf.ListValue': { type: 'array', items: {} },
  'google.protobuf.Any': { type: 'object', properties: { '@type': { type: 'string' } } },
  'google.protobuf.StringValue': { type: ['string', 'null'] },
  'google.protobuf.BytesValue': { type: ['string', 'null'], contentEncoding: 'base64' },
  'google.protobuf.BoolValue': { type: ['boolean', 'null'] },
  'google.protobuf.Int32Value': { type: ['integer', 'null'], format: 'int32' },
  'google.protobuf.UInt32Value': { type: ['integer', 'null'], minimum: 0 },
  'google.protobuf.Int64Value': { type: ['string', 'null'], format: 'int64' },
  'google.protobuf.UInt64Value': { type: ['string', 'null'], format: 'uint64' },
  'google.protobuf.FloatValue': { type: ['number', 'null'] },
  'google.protobuf.DoubleValue': { type: ['number', 'null'] },
};
