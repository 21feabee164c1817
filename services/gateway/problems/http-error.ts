import type { FastifyError } from 'fastify';
import { type StatusCode, StatusError } from '../../kit/errors/status-error';

/** A request that is refused before it reaches a service. */
export class HttpError extends StatusError {
  /**
   * @param status of HTTP
   * @param reason a key of `messages.ts`
   */
  constructor(
    readonly status: number,
    code: StatusCode,
    reason: string,
    metadata: Readonly<Record<string, string>> = {},
  ) {
    super(code, reason, metadata);
  }
}

/**
 * The error for what Fastify refuses before a route is reached or while it reads the body.
 *
 * @returns undefined for other errors
 * @see https://fastify.dev/docs/latest/Reference/Errors/
 */
export function httpErrorOf({ code, statusCode }: Partial<FastifyError>): HttpError | undefined {
  const known = REFUSALS[code ?? ''];
  if (known) return new HttpError(...known);
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined;
  return new HttpError(statusCode, 'INVALID_ARGUMENT', 'request.malformed');
}

const REFUSALS: Readonly<Record<string, [number, StatusCode, string]>> = {
  FST_ERR_BAD_URL: [400, 'INVALID_ARGUMENT', 'url.malformed'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'INVALID_ARGUMENT', 'url.too-long'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'RESOURCE_EXHAUSTED', 'body.too-large'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'INVALID_ARGUMENT', 'media-type.unsupported'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'INVALID_ARGUMENT', 'body.truncated'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'INVALID_ARGUMENT', 'body.not-json'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'INVALID_ARGUMENT', 'body.not-json'],
};

/**
 * The error for bytes that Node's parser cannot read.
 *
 * @see https://nodejs.org/api/http.html#event-clienterror
 */
export function httpErrorOfParser(code: string | undefined): HttpError {
  if (code === 'HPE_HEADER_OVERFLOW') return new HttpError(431, 'RESOURCE_EXHAUSTED', 'header.too-large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new HttpError(408, 'DEADLINE_EXCEEDED', 'request.too-slow');
  return new HttpError(400, 'INVALID_ARGUMENT', 'request.malformed');
}
