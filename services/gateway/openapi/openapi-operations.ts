import type { DescField, DescMethod, JsonObject } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Idempotency } from '@bufbuild/protobuf/wkt';
import type { Comments } from '../../../proto/comments';
import { describeMethod } from './descriptions';
import { sendsHttpBody, takesHttpBody } from '../requests/http-body';
import type { MessageSchemas } from './message-schemas';
import { type DescribedRoute, parametersOf, pathFieldsOf } from './openapi-parameters';
import { sampleOf } from './sample';

/**
 * What a route does.
 *
 * @param operationId no other route has it
 * @see https://spec.openapis.org/oas/v3.1.1.html#operation-object
 */
export function operationOf(
  route: DescribedRoute,
  operationId: string,
  schemas: MessageSchemas,
  comments: Comments,
): JsonObject {
  const { method } = route;
  const body = requestBody(route, schemas);
  const { summary, rest } = describeMethod(method, comments);
  return {
    operationId,
    tags: [method.parent.typeName],
    summary,
    ...(rest === '' ? {} : { description: rest }),
    ...(method.deprecated || method.parent.deprecated ? { deprecated: true } : {}),
    ...idempotencyOf(method),
    parameters: parametersOf(route, schemas),
    ...(body ? { requestBody: body } : {}),
    responses: { ...responsesOf(route, schemas), default: { $ref: '#/components/responses/Problem' } },
  };
}

function idempotencyOf({ idempotency }: DescMethod): JsonObject {
  if (idempotency === Idempotency.NO_SIDE_EFFECTS) return { 'x-idempotency-level': 'NO_SIDE_EFFECTS' };
  return idempotency === Idempotency.IDEMPOTENT ? { 'x-idempotency-level': 'IDEMPOTENT' } : {};
}

function requestBody(route: DescribedRoute, schemas: MessageSchemas): JsonObject | undefined {
  const { body, kind, method } = route;
  if (body === undefined) return undefined;
  if (takesHttpBody(route)) return { required: true, content: { 'application/octet-stream': RAW } };
  const field = method.input.fields.find(({ name }) => name === body);
  const content = field ? fieldContent(field, schemas) : messageContent(route, schemas);
  if (kind !== 'client_streaming') return { required: true, content: { 'application/json': content } };
  const description = 'One message per line, any number of lines. The schema and the example describe one line.';
  return { required: true, description, content: { 'application/x-ndjson': content } };
}

interface Content extends JsonObject {
  schema: JsonObject;
}

function fieldContent(field: DescField, schemas: MessageSchemas): Content {
  const example = field.fieldKind === 'message' ? { example: sampleOf(field.message) } : {};
  return { schema: schemas.ofField(field), ...example };
}

function messageContent(route: DescribedRoute, schemas: MessageSchemas): Content {
  const { input } = route.method;
  const inPath = pathFieldsOf(route);
  const schema = inPath.length === 0 ? schemas.ofMessage(input) : schemas.withoutFields(input, inPath);
  return { schema, example: sampleOf(input, inPath) };
}

function responsesOf(route: DescribedRoute, schemas: MessageSchemas): JsonObject {
  const { kind, method, responseBody } = route;
  if (sendsHttpBody(route))
    return { 200: { description: 'The reply, of the type that its Content-Type says.', content: { '*/*': RAW } } };
  const schema = responseBody ? schemas.ofField(responseBody) : schemas.ofMessage(method.output);
  if (kind !== 'server_streaming')
    return { 200: { description: 'The reply.', content: { 'application/json': { schema } } } };
  return {
    200: {
      description: EVENTS,
      content: { 'text/event-stream': { schema: { type: 'string' } }, 'application/x-ndjson': { schema } },
    },
    204: { description: 'For a Last-Event-ID of `end`: the stream is over.' },
  };
}

const RAW: JsonObject = { schema: { type: 'string', format: 'binary' } };

const EVENTS =
  'The replies as they arrive. As events: a `message` for each reply in JSON, then an `end`, or an `error` with a ' +
  'problem. As lines: one reply per line; after a failure the last line is `{"error": <problem>}`, and the connection ' +
  'closes.';
