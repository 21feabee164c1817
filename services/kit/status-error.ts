import { type ServiceError, status } from '@grpc/grpc-js';

/** The name of a gRPC status code other than OK. @see https://grpc.io/docs/guides/status-codes/ */
export type StatusCode = Exclude<keyof typeof status, 'OK'>;

/** The one error that means something to a caller. Anything else that a handler throws becomes INTERNAL. */
export class StatusError extends Error {
  /**
   * @param code what kind of failure it is
   * @param reason which failure it is, for programs: `user.not-found`
   * @param metadata what it concerns, for example the id or the field; it reaches the caller
   */
  constructor(
    readonly code: StatusCode,
    readonly reason: string,
    readonly metadata: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(messageOf(reason, metadata), options);
    this.name = 'StatusError';
  }
}

/** A request that breaks the contract's rules. @param violations a sentence for each field, by its name */
export function invalidArgument(violations: Readonly<Record<string, string>>): StatusError {
  return new StatusError('INVALID_ARGUMENT', 'request.invalid', violations);
}

function messageOf(reason: string, metadata: Readonly<Record<string, string>>): string {
  const about = Object.entries(metadata).map(([name, value]) => `${name}: ${value}`);
  return about.length === 0 ? reason : `${reason} (${about.join(', ')})`;
}

/** What is said of these is a library's or an exception's, with addresses and worse: nobody's business but the logs'. */
const TRANSPORT: Partial<Record<StatusCode, string>> = {
  UNAVAILABLE: 'callee.unavailable',
  DEADLINE_EXCEEDED: 'callee.too-late',
  UNKNOWN: 'callee.failed',
  DATA_LOSS: 'callee.failed',
};

/**
 * A failed call, as its caller sees it; the original is the `cause`.
 *
 * @param service the full name of the contract that was called
 */
export function fromServiceError(error: ServiceError, service: string): StatusError {
  const code = (error.code in status ? status[error.code] : 'UNKNOWN') as StatusCode;
  const transport = TRANSPORT[code];
  if (transport) return new StatusError(code, transport, { service }, { cause: error });
  return new StatusError(code, error.details || code, {}, { cause: error });
}

/** What goes over the wire for an error that a handler threw. */
export function toServiceError(error: unknown, requestId: string): Partial<ServiceError> {
  if (error instanceof StatusError) return { code: status[error.code], details: wellFormed(error.message) };
  return { code: status.INTERNAL, details: `internal error (request-id: ${requestId})` };
}

/** Half of a character that takes two UTF-16 units, as slicing leaves it, cannot be encoded and would end the process. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
