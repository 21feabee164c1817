import { StatusError } from './status-error';

/** Converts exceptions of libraries that mean something to a caller. */
export type Translate = (error: unknown) => StatusError | undefined;

/** The status for a handler's exception. */
export function statusOf(thrown: unknown, translate: Translate): StatusError {
  if (!(thrown instanceof StatusError)) return translated(thrown, translate) ?? new StatusError('INTERNAL', 'internal');
  if (thrown.reason !== 'callee.cancelled') return thrown;
  // The handler cancelled a call of its own. Its caller is still waiting.
  return new StatusError('UNAVAILABLE', thrown.reason, thrown.metadata, { cause: thrown });
}

/** A thrown value may have getters that throw. */
function translated(thrown: unknown, translate: Translate): StatusError | undefined {
  try {
    return translate(thrown);
  } catch {
    return undefined;
  }
}

/** The status of a call whose caller does not wait any more. */
export function abandoned({ deadline }: { readonly deadline: Date | undefined }): StatusError {
  if (deadline && deadline.getTime() <= Date.now()) return new StatusError('DEADLINE_EXCEEDED', 'call.too-late');
  return new StatusError('CANCELLED', 'call.cancelled');
}
