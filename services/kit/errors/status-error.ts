import type { FieldViolation, StatusCode, StatusDetails } from './error-details';
import { readForeignError } from './foreign-error';

export type { FieldViolation, LocalizedText, StatusCode, StatusDetails } from './error-details';

/** Options of a {@link StatusError}: its details, and what stays in this process. */
export interface StatusErrorOptions extends ErrorOptions, StatusDetails {
  /** What to look at, for the log. */
  readonly hint?: string;
}

/** The one error that means something to a caller. Anything else that a handler throws becomes INTERNAL. */
export class StatusError extends Error {
  readonly details: StatusDetails;
  /** What to look at, for the log of this service; it is never sent. */
  readonly hint: string | undefined;

  /**
   * @param code what kind of failure it is
   * @param reason which failure it is, for programs: `user.not-found`
   * @param metadata what it concerns, for example the id; it reaches the caller, and fills the placeholders of the
   *   texts for people
   * @param options details, and the `cause` and `hint`, which are never sent
   */
  constructor(
    readonly code: StatusCode,
    readonly reason: string,
    readonly metadata: Readonly<Record<string, string>> = {},
    { cause, hint, ...details }: StatusErrorOptions = {},
  ) {
    super(messageOf(reason, metadata, details.violations), { cause });
    this.name = 'StatusError';
    this.details = details;
    this.hint = hint;
  }

  /**
   * The same failure as a StatusError, whatever was thrown. An error of grpc-js keeps its code and details, an aborted
   * request is CANCELLED or DEADLINE_EXCEEDED, a database that cannot be reached is UNAVAILABLE, and anything else is
   * INTERNAL, with no word of its text. What was thrown is the `cause`.
   */
  static from(thrown: unknown): StatusError {
    if (isStatusError(thrown)) return thrown;
    const { code, reason, metadata, details } = readForeignError(thrown);
    return new StatusError(code, reason, metadata, { ...details, cause: thrown });
  }
}

/** A proxy's trap may throw when it is asked for its prototype. */
function isStatusError(thrown: unknown): thrown is StatusError {
  try {
    return thrown instanceof StatusError;
  } catch {
    return false;
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

/** A request that cannot be decoded as the contract's message. @param cause says why; it is logged and never sent */
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
