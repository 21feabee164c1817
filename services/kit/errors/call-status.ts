import { StatusError } from './status-error';

/** Knows exceptions of libraries that mean something to a caller. */
export type Translate = (error: unknown) => StatusError | undefined;

/** The status that a call ends with for what its handler threw. */
export function statusOf(thrown: unknown, translate: Translate): StatusError {
  if (!(thrown instanceof StatusError)) return meaningOf(thrown, translate) ?? new StatusError('INTERNAL', 'internal');
  if (thrown.reason !== 'callee.cancelled') return thrown;
  // It was a call of the handler's own that was given up; its caller is still here.
  return new StatusError('UNAVAILABLE', thrown.reason, thrown.metadata, { cause: thrown });
}

/** Whoever throws may throw anything, also what throws when it is looked at. */
function meaningOf(thrown: unknown, translate: Translate): StatusError | undefined {
  try {
    return translate(thrown);
  } catch {
    return undefined;
  }
}

/** Why nobody waits for the answer any more. */
export function abandoned({ deadline }: { readonly deadline: Date | undefined }): StatusError {
  if (deadline && deadline.getTime() <= Date.now()) return new StatusError('DEADLINE_EXCEEDED', 'call.too-late');
  return new StatusError('CANCELLED', 'call.cancelled');
}
