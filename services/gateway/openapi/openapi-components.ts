import type { JsonObject } from '@bufbuild/protobuf';
import { HTTP_STATUS } from '../problems/problem';

/** What a failure looks like. @see https://www.rfc-editor.org/rfc/rfc9457 */
export const PROBLEM: JsonObject = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail', 'code', 'reason', 'requestId', 'localized'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'For developers.' },
    code: { type: 'string', enum: Object.keys(HTTP_STATUS), description: 'The name of the gRPC status.' },
    reason: { type: 'string', description: 'Identifies the failure, for programs.' },
    requestId: { type: 'string' },
    violations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'description'],
        properties: {
          field: {
            type: 'string',
            description: 'The path of a field, in the names of the contract. In an upload it begins with lines[n].',
          },
          description: { type: 'string' },
        },
      },
    },
    localized: {
      type: 'object',
      description: 'For the person who sent the request.',
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

/** What operations refer to, beside schemas. */
export const COMPONENTS: JsonObject = {
  securitySchemes: {
    token: { type: 'http', scheme: 'bearer' },
    user: {
      type: 'apiKey',
      in: 'header',
      name: 'x-user-id',
      description: 'The user who calls, until there are tokens.',
    },
  },
  parameters: {
    Timeout: text('grpc-timeout', 'How long to wait: digits and H, M, S, m, u or n.', {
      pattern: '^\\d{1,8}[HMSmun]$',
      examples: ['500m'],
    }),
    Language: text('accept-language', 'The languages that the user reads.'),
    RequestId: text('x-request-id', 'Returned with the answer, and logged by every service.', { maxLength: 128 }),
    LastEventId: text('last-event-id', 'Sent by browsers that reopen a stream.'),
  },
  responses: {
    Problem: {
      description: 'What failed, and why.',
      headers: { 'retry-after': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } } },
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
};
