import { STATUS_CODES } from 'node:http';
import { type StatusCode, StatusError } from '../kit/status-error';

/** An error as HTTP tells it. @see https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The name of the gRPC status. */
  code: StatusCode;
  requestId: string;
}

/** @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const HTTP_STATUS: Record<StatusCode, number> = {
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};

/** A status as an HTTP problem. */
export function problemOf(error: StatusError, requestId: string, status = HTTP_STATUS[error.code]): Problem {
  const title = status === 499 ? 'Client Closed Request' : (STATUS_CODES[status] ?? 'Error');
  return { type: 'about:blank', title, status, detail: error.message, code: error.code, requestId };
}

/** What Fastify itself refuses (a body that is no JSON, too large, of another type) as a problem. */
export function problemOfHttpError(status: number, message: string, requestId: string): Problem {
  const code = CODES[status] ?? 'INVALID_ARGUMENT';
  return problemOf(new StatusError(code, message), requestId, status);
}

const CODES: Record<number, StatusCode> = { 404: 'NOT_FOUND', 413: 'RESOURCE_EXHAUSTED', 429: 'RESOURCE_EXHAUSTED' };
