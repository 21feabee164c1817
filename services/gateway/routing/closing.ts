import { StatusError } from '../../kit/errors/status-error';

/** How a gateway that stops tells what is under way. */
export interface Closing {
  /** Whether it stops. */
  readonly begun: boolean;
  /** Calls when streams have to come to their end. @returns a function that takes that back */
  whenEnding(listener: () => void): () => void;
  /** Streams may go on for this long, in milliseconds. */
  begin(graceMs: number): void;
  /** All is closed: nothing needs to be told any more. */
  end(): void;
}

/** Not an AbortSignal: every stream listens, and of those Node takes more than ten for a leak. */
export function createClosing(): Closing {
  const listeners = new Set<() => void>();
  let ending = false;
  let timer: NodeJS.Timeout | undefined;
  return {
    get begun() {
      return timer !== undefined;
    },
    whenEnding: (listener) => {
      if (ending) listener();
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin: (graceMs) => {
      timer = setTimeout(() => {
        ending = true;
        for (const listener of listeners) listener();
      }, graceMs);
    },
    end: () => clearTimeout(timer),
  };
}

/** What a stream, or a request that comes too late, is told: another gateway takes it. */
export function closingError(): StatusError {
  return new StatusError('UNAVAILABLE', 'gateway.closing', {}, { retryAfterMs: 1_000 });
}
