/**
 * The items of a source until a signal aborts. Then the source is closed, and whoever waits for its next item gets the
 * end: a function that wraps the items would otherwise wait for an item that may never come.
 */
export function untilAborted<T>(source: Iterable<T> | AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => iterate(source, signal) };
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

function iterate<T>(source: Iterable<T> | AsyncIterable<T>, signal: AbortSignal): AsyncIterator<T> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let endWaiting: ((end: typeof DONE) => void) | undefined;
  let isClosed = false;
  const close = (): typeof DONE => {
    signal.removeEventListener('abort', close);
    if (!isClosed) void Promise.resolve(iterator.return?.()).catch(() => undefined);
    isClosed = true;
    endWaiting?.(DONE);
    return DONE;
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close);
  const pull = async (): Promise<IteratorResult<T>> => {
    const item = await iterator.next();
    if (item.done) signal.removeEventListener('abort', close);
    return item;
  };
  return {
    next: () =>
      isClosed
        ? Promise.resolve(DONE)
        : new Promise((resolve, reject) => {
            endWaiting = resolve;
            pull().then(resolve, reject);
          }),
    return: () => Promise.resolve(close()),
  };
}
