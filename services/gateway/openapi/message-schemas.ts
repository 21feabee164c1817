import { type DescEnum, type DescField, type DescMessage, type JsonObject, ScalarType } from '@bufbuild/protobuf';
import type { Comments } from '../../../proto/comments';
import { describeEnum, describeMessage } from './descriptions';
import { hasBehavior } from './field-behavior';
import { rulesOf } from './field-rules';
import { SCALARS, WELL_KNOWN } from './scalar-schemas';

/** Makes schemas, and collects those of messages and enums that references lead to. */
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
 * Messages in the JSON of protobuf, as JSON Schema of the dialect of OpenAPI 3.1.
 *
 * @see https://protobuf.dev/programming-guides/json/
 */
export function createMessageSchemas(comments: Comments): MessageSchemas {
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
    if (enumeration)
      return WELL_KNOWN[enumeration.typeName] ?? reference(enumeration, () => enumSchema(enumeration, comments));
    return SCALARS[scalar ?? ScalarType.STRING];
  };
  const ofField = (field: DescField): JsonObject => {
    const { value, whole } = rulesOf(field);
    const about = annotations(field, comments);
    const item = { ...single(field), ...value };
    if (field.fieldKind === 'list') return { type: 'array', items: item, ...whole, ...about };
    if (field.fieldKind === 'map') return { ...mapSchema(field, item), ...whole, ...about };
    return { ...item, ...about };
  };
  const withoutFields = (message: DescMessage, names: readonly string[]): JsonObject => {
    const shown = message.fields.filter(({ name }) => !names.includes(name));
    const required = shown.filter(isRequired).map(({ jsonName }) => jsonName);
    return {
      type: 'object',
      ...described(describeMessage(message, comments), message.deprecated),
      properties: Object.fromEntries(shown.map((field) => [field.jsonName, ofField(field)])),
      ...(required.length > 0 ? { required } : {}),
    };
  };
  const all = (): JsonObject => Object.fromEntries([...schemas].sort(([a], [b]) => a.localeCompare(b)));
  return { ofMessage, withoutFields, ofField, isRequired, all };
}

function isRequired(field: DescField): boolean {
  return rulesOf(field).required || hasBehavior(field, 'REQUIRED');
}

function annotations(field: DescField, comments: Comments): JsonObject {
  return {
    ...described(comments[`${field.parent.typeName}.${field.name}`], field.deprecated),
    ...(hasBehavior(field, 'OUTPUT_ONLY') ? { readOnly: true } : {}),
    ...(hasBehavior(field, 'INPUT_ONLY') ? { writeOnly: true } : {}),
  };
}

function described(description = '', deprecated: boolean): JsonObject {
  return { ...(description === '' ? {} : { description }), ...(deprecated ? { deprecated } : {}) };
}

function enumSchema(enumeration: DescEnum, comments: Comments): JsonObject {
  return {
    type: 'string',
    ...described(describeEnum(enumeration, comments), enumeration.deprecated),
    enum: enumeration.values.map(({ jsonName }) => jsonName),
  };
}

function mapSchema({ mapKey }: { mapKey: ScalarType }, values: JsonObject): JsonObject {
  const names = mapKey === ScalarType.STRING ? {} : { propertyNames: { pattern: keyPattern(mapKey) } };
  return { type: 'object', ...names, additionalProperties: values };
}

/** The keys of an object are texts, whatever the type of the map's. */
function keyPattern(key: ScalarType): string {
  return key === ScalarType.BOOL ? '^(true|false)$' : '^-?\\d+$';
}
