import type { DescField, DescMessage, DescMethod, JsonObject } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Idempotency } from '@bufbuild/protobuf/wkt';
import type { Binding } from './bindings';
import type { MessageSchemas } from './message-schemas';

/** How far parameters reach into messages inside the request. */
const MAX_DEPTH = 3;

/**
 * What a route does.
 *
 * @param operationId no other route has it
 * @see https://spec.openapis.org/oas/v3.1.1.html#operation-object
 */
export function operationOf(binding: Binding, operationId: string, schemas: MessageSchemas): JsonObject {
  const { method } = binding;
  const body = requestBody(binding, method.input, schemas);
  return {
    operationId,
    tags: [method.parent.typeName],
    summary: summaryOf(method),
    ...(method.idempotency === undefined ? {} : idempotencyOf(method)),
    parameters: [
      ...pathParameters(binding, method.input, schemas),
      ...queryParameters(binding, method.input, schemas),
      ...headerParameters(binding),
    ],
    ...(body ? { requestBody: body } : {}),
    responses: { ...responsesOf(binding, method, schemas), default: { $ref: '#/components/responses/Problem' } },
  };
}

/** `GetUserInfo` as `Get user info`. */
function summaryOf({ name }: DescMethod): string {
  const words = name.replace(/(?<=[a-z\d])(?=[A-Z])/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function idempotencyOf({ idempotency }: DescMethod): JsonObject {
  if (idempotency === Idempotency.NO_SIDE_EFFECTS) return { 'x-idempotency-level': 'NO_SIDE_EFFECTS' };
  return idempotency === Idempotency.IDEMPOTENT ? { 'x-idempotency-level': 'IDEMPOTENT' } : {};
}

function pathParameters({ pathFields }: Binding, input: DescMessage, schemas: MessageSchemas): JsonObject[] {
  return pathFields.map((name) => {
    const field = input.fields.find((each) => each.name === name);
    return { name, in: 'path', required: true, schema: field ? schemas.ofField(field) : { type: 'string' } };
  });
}

function queryParameters({ pathFields, body }: Binding, input: DescMessage, schemas: MessageSchemas): JsonObject[] {
  if (body === '*') return [];
  const free = input.fields.filter(({ name }) => !pathFields.includes(name) && name !== body);
  return free.flatMap((field) => parametersOf(field, field.name, schemas, 1));
}

function parametersOf(field: DescField, name: string, schemas: MessageSchemas, depth: number): JsonObject[] {
  if (field.fieldKind === 'map') return [mapParameter(field, name, schemas)];
  const { message } = field;
  const hasFields = message && !message.typeName.startsWith('google.protobuf.');
  if (!hasFields)
    return [
      { name, in: 'query', schema: schemas.ofField(field), ...(schemas.isRequired(field) ? { required: true } : {}) },
    ];
  // A list of messages has no form that fits into a query.
  if (field.fieldKind === 'list' || depth === MAX_DEPTH) return [];
  return message.fields.flatMap((inner) => parametersOf(inner, `${name}.${inner.name}`, schemas, depth + 1));
}

/** OpenAPI has no word for it: `filters.lang=en` sets the entry `lang`. */
function mapParameter(field: DescField, name: string, schemas: MessageSchemas): JsonObject {
  const { additionalProperties } = schemas.ofField(field);
  const description = `Once for each entry, with its key in place of <key>: ${name}.<key>=<value>`;
  return { name: `${name}.<key>`, in: 'query', description, schema: additionalProperties ?? {} };
}

function headerParameters({ kind }: Binding): JsonObject[] {
  const names = ['User', 'Language', 'Timeout', 'RequestId', ...(kind === 'server_streaming' ? ['LastEventId'] : [])];
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

function requestBody(binding: Binding, input: DescMessage, schemas: MessageSchemas): JsonObject | undefined {
  const { body, kind } = binding;
  if (body === undefined) return undefined;
  const schema = bodySchema(binding, input, schemas);
  if (kind !== 'client_streaming') return { required: true, content: { 'application/json': { schema } } };
  const description = 'One message a line, for as many lines as there are. The schema is that of a line.';
  return { required: true, description, content: { 'application/x-ndjson': { schema } } };
}

function bodySchema({ body, pathFields }: Binding, input: DescMessage, schemas: MessageSchemas): JsonObject {
  const field = input.fields.find(({ name }) => name === body);
  if (field) return schemas.ofField(field);
  return pathFields.length === 0 ? schemas.ofMessage(input) : schemas.withoutFields(input, pathFields);
}

function responsesOf({ kind }: Binding, { output }: DescMethod, schemas: MessageSchemas): JsonObject {
  const schema = schemas.ofMessage(output);
  if (kind !== 'server_streaming')
    return { 200: { description: 'The reply.', content: { 'application/json': { schema } } } };
  return {
    200: {
      description: EVENTS,
      content: { 'text/event-stream': { schema: { type: 'string' } }, 'application/x-ndjson': { schema } },
    },
    204: { description: 'To a Last-Event-ID of `end`: nothing comes after it.' },
  };
}

const EVENTS =
  'The replies as they come. As events: a `message` with each reply as JSON, then an `end`, or an `error` with a ' +
  'problem. As lines: a reply each; a failure is a last line `{"error": <problem>}`, and the connection is cut.';
