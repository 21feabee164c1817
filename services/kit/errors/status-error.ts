import type { status } from '@grpc/grpc-js';

/** The name of a gRPC status code other than OK. @see https://grpc.io/docs/guides/status-codes/ */
export type StatusCode = Exclude<keyof typeof status, 'OK'>;

/** What is wrong with one field of a request. */
export interface FieldViolation {
  /** Its path, in the contract's own names: `document.material_code`, `user_ids[2]`. */
  readonly field: string;
  /** The end of a sentence that begins with the field: `must not be empty`. */
  readonly description: string;
}

/** A text for the person at the end of the line. */
export interface LocalizedText {
  /** A BCP 47 tag. */
  readonly locale: string;
  readonly text: string;
}

/** What a failure can say beyond its code and reason. */
export interface StatusDetails {
  /** Of the request's fields; with INVALID_ARGUMENT. */
  readonly violations?: readonly FieldViolation[];
  /** How long to wait before trying again, in milliseconds; only where trying again may help. */
  readonly retryAfterMs?: number;
  /** The service that failed; set where the error comes from a callee. */
  readonly domain?: string;
  /** As the failing service told it; set where the error comes from a callee. */
  readonly localized?: LocalizedText;
  /** The request that failed; set where the error comes from a callee. */
  readonly requestId?: string;
}

/** The one error that means something to a caller. Anything else that a handler throws becomes INTERNAL. */
export class StatusError extends Error {
  readonly details: StatusDetails;

  /**
   * @param code what kind of failure it is
   * @param reason which failure it is, for programs: `user.not-found`
   * @param metadata what it concerns, for example the id; it reaches the caller, and fills the placeholders of the
   *   texts in the catalogue
   * @param options details, and the `cause`, which stays here
   */
  constructor(
    readonly code: StatusCode,
    readonly reason: string,
    readonly metadata: Readonly<Record<string, string>> = {},
    { cause, ...details }: ErrorOptions & StatusDetails = {},
  ) {
    super(messageOf(reason, metadata, details.violations), { cause });
    this.name = 'StatusError';
    this.details = details;
  }
}

/** A request that breaks the contract's rules. @param violations the end of a sentence for each field, by its path */
export function invalidArgument(violations: Readonly<Record<string, string>>): StatusError {
  return invalidRequest(Object.entries(violations).map(([field, description]) => ({ field, description })));
}

/** A request that breaks the contract's rules. */
export function invalidRequest(violations: readonly FieldViolation[]): StatusError {
  return new StatusError('INVALID_ARGUMENT', 'request.invalid', {}, { violations });
}

/** A request that is no message of the contract at all. @param cause says more, and stays here */
export function malformedRequest(cause: unknown): StatusError {
  return new StatusError('INVALID_ARGUMENT', 'request.malformed', {}, { cause });
}

function messageOf(
  reason: string,
  metadata: Readonly<Record<string, string>>,
  violations: readonly FieldViolation[] = [],
): string {
  const about = [
    ...violations.map(({ field, description }) => `${field}: ${description}`),
    ...Object.entries(metadata).map(([name, value]) => `${name}: ${value}`),
  ];
  return about.length === 0 ? reason : `${reason} (${about.join(', ')})`;
}
