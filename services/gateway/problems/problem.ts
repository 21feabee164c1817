import { STATUS_CODES } from 'node:http';
import type { Localize } from '../../kit/errors/messages';
import { type FieldViolation, type LocalizedText, type StatusCode, StatusError } from '../../kit/errors/status-error';

/** An error as HTTP tells it. @see https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  /** For developers. */
  detail: string;
  /** The name of the gRPC status. */
  code: StatusCode;
  /** Which failure it is, for programs. */
  reason: string;
  requestId: string;
  /** What is wrong with which field; paths are in the contract's own names. */
  violations?: readonly FieldViolation[];
  /** For the person who waits, in the language of the request's Accept-Language. */
  localized: LocalizedText;
  /** Seconds to wait before trying again; only where trying again may help. */
  retryAfter?: number;
}

/** Of the request that has failed. */
export interface ProblemOrigin {
  readonly requestId: string;
  readonly acceptLanguage: string;
}

/** Tells an error over HTTP. @param status where it is not the one of the error's code */
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

/** @param localize tells errors that do not bring a text from the service that failed */
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

/** What an INTERNAL without details says comes from a library or from a service that is not written with the kit. */
function withoutInternals(error: StatusError): StatusError {
  const foreign = error.code === 'INTERNAL' && error.details.domain === undefined;
  return foreign ? new StatusError('INTERNAL', 'internal', {}, { cause: error }) : error;
}
