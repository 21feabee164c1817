import { StatusError } from '../../kit/errors/status-error';

/** Tells requests in flight that the gateway is closing. */
export interface Closing {
  /** True once the gateway is closing. */
  readonly begun: boolean;
  /** Calls the listener when streams have to end. @returns a function that removes it */
  whenEnding(listener: () => void): () => void;
  /** Streams may go on for this long, in milliseconds. */
  begin(graceMs: number): void;
  /** Everything is closed, and no listener is called any more. */
  end(): void;
}

/** Not an AbortSignal, since Node warns of a leak at more than ten listeners. */
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

/** The error for streams that have to end and requests that come too late; another gateway can take them. */
export function closingError(): StatusError {
  return new StatusError('UNAVAILABLE', 'gateway.closing', {}, { retryAfterMs: 1_000 });
}
