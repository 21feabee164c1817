import type { DescField, DescMessage, JsonObject } from '@bufbuild/protobuf';
import type { Binding } from './bindings';
import type { MessageSchemas } from './message-schemas';

/** How far parameters reach into messages inside the request. */
const MAX_DEPTH = 3;

/** Well-known types that are one text in JSON, or a scalar or null, and so fit into a query. */
const IN_QUERY = /^google\.protobuf\.(Timestamp|Duration|FieldMask|\w+Value)$/;

/** What of a route's request is in its path, its query and its headers. */
export function parametersOf(binding: Binding, input: DescMessage, schemas: MessageSchemas): JsonObject[] {
  return [
    ...pathParameters(binding, input, schemas),
    ...queryParameters(binding, input, schemas),
    ...headerParameters(binding),
  ];
}

function pathParameters({ pathFields }: Binding, input: DescMessage, schemas: MessageSchemas): JsonObject[] {
  return pathFields.map((name) => {
    const field = fieldAt(input, name);
    const about = field ? parameterSchema(field, schemas) : { schema: { type: 'string' } };
    return { name, in: 'path', required: true, ...about };
  });
}

/** @param path `user_id`, or `user.user_id` for one inside a message */
function fieldAt(input: DescMessage, path: string): DescField | undefined {
  const [first, ...rest] = path.split('.');
  const field = input.fields.find(({ name }) => name === first);
  return rest.length > 0 && field?.message ? fieldAt(field.message, rest.join('.')) : field;
}

function queryParameters({ pathFields, body }: Binding, input: DescMessage, schemas: MessageSchemas): JsonObject[] {
  if (body === '*') return [];
  const query = { schemas, pathFields };
  const free = input.fields.filter(({ name }) => name !== body);
  return free.flatMap((field) => fieldParameters(field, field.name, query, { depth: 1, isRequired: true }));
}

interface Query {
  readonly schemas: MessageSchemas;
  readonly pathFields: readonly string[];
}

function fieldParameters(
  field: DescField,
  name: string,
  query: Query,
  above: { depth: number; isRequired: boolean },
): JsonObject[] {
  if (query.pathFields.includes(name)) return [];
  if (field.fieldKind === 'map') return field.message ? [] : [mapParameter(field, name, query.schemas)];
  const isRequired = above.isRequired && query.schemas.isRequired(field);
  const { message } = field;
  if (!message || IN_QUERY.test(message.typeName))
    return [{ name, in: 'query', ...(isRequired ? { required: true } : {}), ...parameterSchema(field, query.schemas) }];
  // A list of messages has no form that fits into a query, nor has JSON of any shape.
  if (field.fieldKind === 'list' || above.depth === MAX_DEPTH || message.typeName.startsWith('google.protobuf.'))
    return [];
  const inside = { depth: above.depth + 1, isRequired };
  return message.fields.flatMap((inner) => fieldParameters(inner, `${name}.${inner.name}`, query, inside));
}

/** What describes a field in a message describes the parameter, where readers look for it. */
function parameterSchema(field: DescField, schemas: MessageSchemas): JsonObject {
  const { description, deprecated, examples, ...schema } = schemas.ofField(field);
  return {
    ...(description === undefined ? {} : { description }),
    ...(deprecated === undefined ? {} : { deprecated }),
    schema,
    ...(Array.isArray(examples) && examples[0] !== undefined ? { example: examples[0] } : {}),
  };
}

/**
 * An entry is `filters.lang=en`: of an exploded object in a query, each property becomes a parameter of its own, and
 * the name of the object appears nowhere.
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html#style-examples
 */
function mapParameter(field: DescField, name: string, schemas: MessageSchemas): JsonObject {
  const { description, ...parameter } = parameterSchema(field, schemas);
  const { additionalProperties, ...whole } = parameter['schema'] as JsonObject;
  const propertyNames = { pattern: `^${name.replaceAll('.', '\\.')}\\..` };
  const how = `Once for each entry, with its key behind the name: \`${name}.<key>=<value>\`.`;
  return {
    name,
    in: 'query',
    description: description === undefined ? how : `${description as string}\n\n${how}`,
    ...parameter,
    style: 'form',
    explode: true,
    schema: { ...whole, propertyNames, additionalProperties: additionalProperties ?? {} },
    // Forms would begin with entries of their own making.
    example: {},
  };
}

function headerParameters({ kind }: Binding): JsonObject[] {
  const names = ['Language', 'Timeout', 'RequestId', ...(kind === 'server_streaming' ? ['LastEventId'] : [])];
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}
