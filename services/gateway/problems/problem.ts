import { STATUS_CODES } from 'node:http';
import type { Localize } from '../../kit/errors/messages';
import { type FieldViolation, type LocalizedText, type StatusCode, StatusError } from '../../kit/errors/status-error';

/** An error over HTTP. @see https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  /** For developers. */
  detail: string;
  /** The name of the gRPC status. */
  code: StatusCode;
  /** Identifies the failure, for programs. */
  reason: string;
  requestId: string;
  /** The invalid fields, by paths in the contract's names. */
  violations?: readonly FieldViolation[];
  /** For the user, in a language of the request's Accept-Language. */
  localized: LocalizedText;
  /** Seconds to wait before a retry; absent where a retry cannot help. */
  retryAfter?: number;
}

/** The request that failed. */
export interface ProblemOrigin {
  readonly requestId: string;
  readonly acceptLanguage: string;
}

/** Makes the problem of an error. @param status instead of the one of the error's code */
export type TellProblem = (error: StatusError, origin: ProblemOrigin, status?: number) => Problem;

/** @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
export const HTTP_STATUS: Readonly<Record<StatusCode, number>> = {
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

/** @param localize makes the text where the failed service sent none */
export function createTellProblem(localize: Localize): TellProblem {
  return (thrown, { requestId, acceptLanguage }, status = HTTP_STATUS[thrown.code]) => {
    const error = withoutInternals(thrown);
    const { violations = [], retryAfterMs, localized } = error.details;
    return {
      type: 'about:blank',
      title: status === 499 ? 'Client Closed Request' : (STATUS_CODES[status] ?? 'Error'),
      status,
      detail: error.message,
      code: error.code,
      reason: error.reason,
      requestId,
      ...(violations.length > 0 ? { violations } : {}),
      localized: localized ?? localize(error, acceptLanguage),
      ...(retryAfterMs === undefined ? {} : { retryAfter: Math.max(1, Math.ceil(retryAfterMs / 1_000)) }),
    };
  };
}

/** The message of an INTERNAL without details comes from a library or a foreign service, so it is not forwarded. */
function withoutInternals(error: StatusError): StatusError {
  const foreign = error.code === 'INTERNAL' && error.details.domain === undefined;
  return foreign ? new StatusError('INTERNAL', 'internal', {}, { cause: error }) : error;
}
