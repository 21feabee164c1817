import type { DescField, DescMessage, DescMethod, JsonObject } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Idempotency } from '@bufbuild/protobuf/wkt';
import type { Comments } from '../../proto/comments';
import type { Binding } from './bindings';
import { describeMethod } from './descriptions';
import type { MessageSchemas } from './message-schemas';
import { parametersOf } from './openapi-parameters';
import { sampleOf } from './sample';

/**
 * What a route does.
 *
 * @param operationId no other route has it
 * @see https://spec.openapis.org/oas/v3.1.1.html#operation-object
 */
export function operationOf(
  binding: Binding,
  operationId: string,
  schemas: MessageSchemas,
  comments: Comments,
): JsonObject {
  const { method } = binding;
  const body = requestBody(binding, method.input, schemas);
  const { summary, rest } = describeMethod(method, comments);
  return {
    operationId,
    tags: [method.parent.typeName],
    summary,
    ...(rest === '' ? {} : { description: rest }),
    ...(method.deprecated || method.parent.deprecated ? { deprecated: true } : {}),
    ...idempotencyOf(method),
    parameters: parametersOf(binding, method.input, schemas),
    ...(body ? { requestBody: body } : {}),
    responses: { ...responsesOf(binding, method, schemas), default: { $ref: '#/components/responses/Problem' } },
  };
}

function idempotencyOf({ idempotency }: DescMethod): JsonObject {
  if (idempotency === Idempotency.NO_SIDE_EFFECTS) return { 'x-idempotency-level': 'NO_SIDE_EFFECTS' };
  return idempotency === Idempotency.IDEMPOTENT ? { 'x-idempotency-level': 'IDEMPOTENT' } : {};
}

function requestBody(binding: Binding, input: DescMessage, schemas: MessageSchemas): JsonObject | undefined {
  const { body, kind } = binding;
  if (body === undefined) return undefined;
  const field = input.fields.find(({ name }) => name === body);
  if (isRaw(field?.message ?? input)) return { required: true, content: { 'application/octet-stream': RAW } };
  const schema = bodySchema(field, binding, input, schemas);
  const example = bodySample(field, binding, input);
  if (kind !== 'client_streaming') return { required: true, content: { 'application/json': { schema, ...example } } };
  const description = 'One message a line, for as many lines as there are. The schema is that of a line.';
  // A text, or tools would spread it over several lines.
  const line = example && { example: JSON.stringify(example.example) };
  return { required: true, description, content: { 'application/x-ndjson': { schema, ...line } } };
}

function bodySchema(
  field: DescField | undefined,
  { pathFields }: Binding,
  input: DescMessage,
  schemas: MessageSchemas,
): JsonObject {
  if (field) return schemas.ofField(field);
  return pathFields.length === 0 ? schemas.ofMessage(input) : schemas.withoutFields(input, pathFields);
}

function bodySample(
  field: DescField | undefined,
  { pathFields }: Binding,
  input: DescMessage,
): { example: JsonObject } | undefined {
  if (!field) return { example: sampleOf(input, pathFields) };
  return field.fieldKind === 'message' ? { example: sampleOf(field.message) } : undefined;
}

function responsesOf({ kind }: Binding, { output }: DescMethod, schemas: MessageSchemas): JsonObject {
  if (isRaw(output)) return { 200: { description: 'The reply, of the type that it says.', content: { '*/*': RAW } } };
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

/** @see https://github.com/googleapis/googleapis/blob/master/google/api/httpbody.proto */
function isRaw({ typeName }: DescMessage): boolean {
  return typeName === 'google.api.HttpBody';
}

const RAW: JsonObject = { schema: { type: 'string', format: 'binary' } };

const EVENTS =
  'The replies as they come. As events: a `message` with each reply as JSON, then an `end`, or an `error` with a ' +
  'problem. As lines: a reply each; a failure is a last line `{"error": <problem>}`, and the connection is cut.';
