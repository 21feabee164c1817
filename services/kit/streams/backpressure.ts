import type { EventEmitter } from 'node:events';

/**
 * Waits until a stream takes more.
 *
 * @param onEnd calls its argument when the stream never will, and returns a function that stops listening for it
 */
export function drained(stream: EventEmitter, onEnd: (end: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stopListening();
      resolve();
    };
    let stopListening = (): void => undefined;
    stream.once('drain', done);
    stopListening = onEnd(done);
  });
}
