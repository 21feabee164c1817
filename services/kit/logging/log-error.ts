import { StatusError } from '../errors/status-error';

/** An error as the log has it: what it is and where, and nothing that a library hung onto it. */
export interface LoggedError {
  type: string;
  code?: unknown;
  message?: string;
  stack?: string;
}

/**
 * What may be logged of an exception. Those of databases quote the documents that they are about, so of them the
 * message is left out.
 */
export function loggedError(thrown: unknown): LoggedError {
  try {
    if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown) };
    const { name, message, stack = '' } = thrown;
    const code = (thrown as { code?: unknown }).code;
    const head = { type: name, ...(code === undefined ? {} : { code }) };
    if (!name.startsWith('Mongo')) return { ...head, message, stack };
    return { ...head, stack: stack.slice(stack.indexOf('\n    at ') + 1) };
  } catch {
    return { type: 'an error that cannot be read' };
  }
}

/** Reasons that stand for what a library or the network said, which the caller does not get. */
const TELLING = /^(callee\.|store\.unavailable$|request\.malformed$)/;

/** Of a failure that is not ours: which it was, whose, and of which fields; never what they had in them. */
export function loggedStatus(error: unknown): object {
  if (!(error instanceof StatusError)) return {};
  const { violations = [], domain } = error.details;
  const { cause } = error;
  return {
    reason: error.reason,
    ...(domain === undefined ? {} : { domain }),
    ...(violations.length > 0 ? { fields: violations.map(({ field }) => field) } : {}),
    ...(cause instanceof Error && TELLING.test(error.reason) ? { cause: cause.message } : {}),
  };
}
