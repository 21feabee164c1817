import { createRegistry, type JsonObject } from '@bufbuild/protobuf';
import { filesOf } from '../../proto/definition';
import type { Binding } from './bindings';
import { createMessageSchemas } from './message-schemas';
import { operationOf } from './openapi-operations';
import { HTTP_STATUS } from './problem';

/**
 * Describes all routes, from the contracts alone.
 *
 * @param bindings of any contracts
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function createOpenApi(bindings: readonly Binding[]): JsonObject {
  const files = new Set(bindings.flatMap(({ method }) => [...filesOf(method.parent.file)]));
  const schemas = createMessageSchemas(createRegistry(...files));
  const paths: Record<string, JsonObject> = {};
  const ids = new Set<string>();
  for (const binding of bindings) {
    const operation = operationOf(binding, freeId(binding, ids), schemas);
    (paths[binding.path] ??= {})[binding.verb.toLowerCase()] = operation;
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Weft', version: '1', description: DESCRIPTION },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }],
    tags: [...new Set(bindings.map(({ method }) => method.parent.typeName))].map((name) => ({ name })),
    paths,
    components: { ...COMPONENTS, schemas: { ...schemas.all(), Problem: PROBLEM } },
  };
}

/** The same method may have several routes. */
function freeId({ method: { parent, localName } }: Binding, taken: Set<string>): string {
  const plain = `${parent.name}_${localName}`;
  let id = plain;
  for (let count = 2; taken.has(id); count += 1) id = `${plain}_${count}`;
  taken.add(id);
  return id;
}

const DESCRIPTION =
  'HTTP/JSON in front of gRPC. Messages are in the JSON of proto3; fields may also be written as the contract names ' +
  'them. Whatever fails is a problem (RFC 9457), told in the language of Accept-Language.';

const PROBLEM: JsonObject = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail', 'code', 'reason', 'requestId', 'localized'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'For developers.' },
    code: { type: 'string', enum: Object.keys(HTTP_STATUS), description: 'The name of the gRPC status.' },
    reason: { type: 'string', description: 'Which failure it is, for programs.' },
    requestId: { type: 'string' },
    violations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'description'],
        properties: {
          field: { type: 'string', description: 'A path in the names of the contract; of an upload, lines[n] first.' },
          description: { type: 'string' },
        },
      },
    },
    localized: {
      type: 'object',
      description: 'For the person who waits.',
      required: ['locale', 'text'],
      properties: { locale: { type: 'string' }, text: { type: 'string' } },
    },
    retryAfter: { type: 'integer', minimum: 1, description: 'Seconds.' },
  },
};

const text = (name: string, description: string, schema: JsonObject = {}): JsonObject => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string', ...schema },
});

const COMPONENTS: JsonObject = {
  securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
  parameters: {
    Timeout: text('grpc-timeout', 'How long to wait: digits and H, M, S, m, u or n.', {
      pattern: '^\\d{1,8}[HMSmun]$',
      examples: ['500m'],
    }),
    User: text('x-user-id', 'Who asks, until there are tokens.', { examples: ['u-1001'] }),
    Language: text('accept-language', 'What the person reads who waits.'),
    RequestId: text('x-request-id', 'Comes back, and is in the logs of every service.', { maxLength: 128 }),
    LastEventId: text('last-event-id', 'Sent by browsers that open a stream again.'),
  },
  responses: {
    Problem: {
      description: 'What failed, and why.',
      headers: { 'retry-after': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } } },
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
};
