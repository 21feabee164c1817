import type { Message } from '@bufbuild/protobuf';
import { type Closing, closingError } from '../routing/closing';

/** Nothing has come for a while. */
export const PAUSE = Symbol('pause');

/** The replies of a call, and the pauses between them. */
export type Replies = AsyncGenerator<Message | typeof PAUSE, undefined>;

/** How long to wait. */
export interface Patience {
  /** The silence after which a {@link PAUSE} is sent, in milliseconds. */
  readonly pauseMs: number;
  /** Ends the replies with UNAVAILABLE. */
  readonly closing: Pick<Closing, 'whenEnding'>;
  /** Nobody waits any more; it has to abort at some time, for until then a timer runs. */
  readonly over: AbortSignal;
}

/**
 * Waits for the first reply, but no longer than a pause: until then a failure can still become an HTTP status.
 * Replies are read on demand, so a slow reader slows the callee down.
 *
 * @throws whatever the call throws before its first reply
 */
export async function openReplies(replies: AsyncIterable<Message>, patience: Patience): Promise<Replies> {
  const iterator = replies[Symbol.asyncIterator]();
  const wait = createWait(patience);
  const next = iterator.next();
  const first = await wait(next);
  return follow(iterator, first === PAUSE ? next : Promise.resolve(first), wait);
}

async function* follow(iterator: AsyncIterator<Message>, first: Promise<Result>, wait: Wait): Replies {
  try {
    for (let next = first; ;) {
      const result = await wait(next);
      if (result === PAUSE) yield PAUSE;
      else if (result.done) return;
      else {
        yield result.value;
        next = iterator.next();
      }
    }
  } finally {
    // Not waited for: a generator returns only once what it waits for has come. The end of the answer cancels the call.
    iterator.return?.().catch(() => undefined);
  }
}

type Result = IteratorResult<Message>;

type Wait = (next: Promise<Result>) => Promise<Result | typeof PAUSE>;

/** One timer and one listener for all replies: they would cost more than the replies themselves. */
function createWait({ pauseMs, closing, over }: Patience): Wait {
  let wake: (result: typeof PAUSE) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  let ending = false;
  const timer = setTimeout(() => wake(PAUSE), pauseMs);
  const forget = closing.whenEnding(() => {
    ending = true;
    fail(closingError());
  });
  const stop = (): void => {
    clearTimeout(timer);
    forget();
  };
  if (over.aborted) stop();
  else over.addEventListener('abort', stop, { once: true });
  return (next) =>
    new Promise((resolve, reject) => {
      [wake, fail] = [resolve, reject];
      if (ending) reject(closingError());
      if (!over.aborted) timer.refresh();
      next.then(resolve, reject);
    });
}
