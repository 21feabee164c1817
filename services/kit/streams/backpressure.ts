import type { EventEmitter } from 'node:events';

/**
 * Waits until a stream takes more, or has ended.
 *
 * @param onEnd listens for the end of the stream, and returns a function that stops listening
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
