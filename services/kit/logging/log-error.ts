import { StatusError } from '../errors/status-error';

/** An error in the log: its type and place, and none of the properties that a library added. */
export interface LoggedError {
  type: string;
  code?: unknown;
  hint?: string;
  message?: string;
  stack?: string;
}

/** The parts of an exception that may be logged. A database's messages quote documents, so they are left out. */
export function loggedError(thrown: unknown): LoggedError {
  try {
    if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown) };
    const { name, message, stack = '' } = thrown;
    const code = (thrown as { code?: unknown }).code;
    const head = { type: name, ...(code === undefined ? {} : { code }), ...loggedHint(thrown) };
    if (!name.startsWith('Mongo')) return { ...head, message, stack };
    return { ...head, stack: stack.split('\n').filter(isFrame).join('\n') };
  } catch {
    return { type: 'an error that cannot be read' };
  }
}

function isFrame(line: string): boolean {
  return line.startsWith('    at ');
}

function loggedHint(error: Error): { hint?: string } {
  return error instanceof StatusError && error.hint !== undefined ? { hint: error.hint } : {};
}

/** Reasons for errors whose cause has the text of a library or the network; the caller does not get it. */
const WITH_CAUSE = /^(callee\.|store\.unavailable$|request\.malformed$)/;

/** A failure that is not this service's fault: its reason, domain and fields, but never their values. */
export function loggedStatus(error: unknown): object {
  if (!(error instanceof StatusError)) return {};
  const { violations = [], domain } = error.details;
  const { cause } = error;
  return {
    reason: error.reason,
    ...loggedHint(error),
    ...(domain === undefined ? {} : { domain }),
    ...(violations.length > 0 ? { fields: violations.map(({ field }) => field) } : {}),
    ...(cause instanceof Error && WITH_CAUSE.test(error.reason) ? { cause: cause.message } : {}),
  };
}
