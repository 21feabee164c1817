import type { DescField, DescMessage, JsonObject } from '@bufbuild/protobuf';
import { isTextual } from '../../../proto/http/textual';
import type { Binding } from '../routing/bindings';
import type { MessageSchemas } from './message-schemas';
import { openApiPath, type PathParameter } from './openapi-path';

/** How far parameters reach into messages inside the request. */
const MAX_DEPTH = 3;

/** A route as the document describes it. */
export interface DescribedRoute extends Pick<Binding, 'body' | 'method' | 'kind'> {
  readonly template: Pick<Binding['template'], 'text'>;
  readonly verb: string;
  /** The field of the reply that is sent in place of the whole reply. */
  readonly responseBody?: DescField | undefined;
}

/** What of a route's request is in its path, its query and its headers. */
export function parametersOf(route: DescribedRoute, schemas: MessageSchemas): JsonObject[] {
  const { parameters } = openApiPath(route.template.text);
  return [
    ...parameters.map((parameter) => pathParameter(parameter, route.method.input, schemas)),
    ...queryParameters(route, pathFieldsOf(route), schemas),
    ...headerParameters(route),
  ];
}

/** The request's fields that the path sets. */
export function pathFieldsOf({ template }: DescribedRoute): string[] {
  return openApiPath(template.text).parameters.flatMap(({ field }) => field ?? []);
}

function pathParameter(
  { name, field: path, pattern }: PathParameter,
  input: DescMessage,
  schemas: MessageSchemas,
): JsonObject {
  const field = path === undefined ? undefined : fieldAt(input, path);
  const place = { name, in: 'path', required: true };
  if (pattern === undefined && field) return { ...place, ...parameterSchema(field, schemas) };
  const { description } = field ? schemas.ofField(field) : {};
  const part =
    path === undefined
      ? `Fills \`${pattern}\` in the path.`
      : `Fills a wildcard of \`${path}\`, which is \`${pattern}\` in the path.`;
  const said = description === undefined ? part : `${description as string}\n\n${part}`;
  // The field's own rules are about the whole of it.
  return { ...place, description: said, schema: { type: 'string' } };
}

/** @param path `user_id`, or `user.user_id` for one inside a message */
function fieldAt(input: DescMessage, path: string): DescField | undefined {
  const [first, ...rest] = path.split('.');
  const field = input.fields.find(({ name }) => name === first);
  return rest.length > 0 && field?.message ? fieldAt(field.message, rest.join('.')) : field;
}

function queryParameters(
  { method, body }: DescribedRoute,
  pathFields: readonly string[],
  schemas: MessageSchemas,
): JsonObject[] {
  if (body === '*') return [];
  const free = method.input.fields.filter(({ name }) => name !== body);
  const above = { depth: 1, isRequired: true };
  return free.flatMap((field) => fieldParameters(field, field.name, { schemas, pathFields }, above));
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
  if (!message || isTextual(message))
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
  const how = `One parameter per entry, with the key after the name: \`${name}.<key>=<value>\`.`;
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

function headerParameters({ kind }: DescribedRoute): JsonObject[] {
  const names = ['Language', 'Timeout', 'RequestId', ...(kind === 'server_streaming' ? ['LastEventId'] : [])];
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}
