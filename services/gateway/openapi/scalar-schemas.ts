import { type JsonObject, ScalarType } from '@bufbuild/protobuf';

const INT32: JsonObject = { type: 'integer', format: 'int32' };
const UINT32: JsonObject = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 };
const INT64: JsonObject = { type: 'string', format: 'int64', pattern: '^-?\\d{1,19}$' };
const UINT64: JsonObject = { type: 'string', format: 'uint64', pattern: '^\\d{1,20}$' };
const FLOAT: JsonObject = { type: 'number', format: 'float' };
const DOUBLE: JsonObject = { type: 'number', format: 'double' };
const BOOL: JsonObject = { type: 'boolean' };
const STRING: JsonObject = { type: 'string' };
const BYTES: JsonObject = { type: 'string', contentEncoding: 'base64' };

/** Scalars in the JSON of protobuf. @see https://protobuf.dev/programming-guides/json/ */
export const SCALARS: Readonly<Record<ScalarType, JsonObject>> = {
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
  [ScalarType.BOOL]: BOOL,
  [ScalarType.STRING]: STRING,
  [ScalarType.BYTES]: BYTES,
};

const nullable = (schema: JsonObject): JsonObject => ({ ...schema, type: [schema['type'] as string, 'null'] });

/** The types that have JSON of their own. */
export const WELL_KNOWN: Readonly<Record<string, JsonObject>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?\\d+(\\.\\d{1,9})?s$' },
  'google.protobuf.FieldMask': { type: 'string' },
  'google.protobuf.Empty': { type: 'object' },
  'google.protobuf.Struct': { type: 'object' },
  'google.protobuf.Value': {},
  'google.protobuf.NullValue': { type: 'null' },
  'google.protobuf.ListValue': { type: 'array', items: {} },
  'google.protobuf.Any': { type: 'object', properties: { '@type': { type: 'string' } } },
  'google.protobuf.StringValue': nullable(STRING),
  'google.protobuf.BytesValue': nullable(BYTES),
  'google.protobuf.BoolValue': nullable(BOOL),
  'google.protobuf.Int32Value': nullable(INT32),
  'google.protobuf.UInt32Value': nullable(UINT32),
  'google.protobuf.Int64Value': nullable(INT64),
  'google.protobuf.UInt64Value': nullable(UINT64),
  'google.protobuf.FloatValue': nullable(FLOAT),
  'google.protobuf.DoubleValue': nullable(DOUBLE),
};
