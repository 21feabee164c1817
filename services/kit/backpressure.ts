import type { EventEmitter } from 'node:events';

/**
 * Waits until a stream takes more.
 *
 * @param end the event after which it never will: `cancelled` on a server, `status` on a client
 */
export function drained(stream: EventEmitter, end: 'cancelled' | 'status'): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off(end, done);
      resolve();
    };
    stream.on('drain', done).on(end, done);
  });
}
