/** Settings of {@link batch}. */
export interface BatchOptions {
  /** The most items in one batch. */
  size: number;
}

/**
 * Groups the items of a fast stream, so that one message carries many: a message costs microseconds, an item in it a
 * fraction of that. A batch is sent as soon as the source has nothing more at hand, so a slow source never waits for one
 * to fill.
 *
 * ```ts
 * async *watchPrices(request, call) {
 *   for await (const prices of batch(feed(request), { size: 1_000 })) yield { prices };
 * }
 * ```
 */
export function batch<T>(items: Iterable<T> | AsyncIterable<T>, options: BatchOptions): AsyncIterable<T[]> {
  return Symbol.asyncIterator in items ? batchAsync(items, options) : batchSync(items, options);
}

// Async only by its type: it never waits between two items.
async function* batchSync<T>(items: Iterable<T>, { size }: BatchOptions): AsyncGenerator<T[]> {
  let some: T[] = [];
  for (const item of items) {
    some.push(item);
    if (some.length < size) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

async function* batchAsync<T>(items: AsyncIterable<T>, { size }: BatchOptions): AsyncGenerator<T[]> {
  const iterator = items[Symbol.asyncIterator]();
  let next = pull(iterator);
  try {
    for (let first = await next; !first.done; first = await next) {
      next = pull(iterator);
      const some = [first.value];
      // One turn of the event loop for a whole batch: a promise settled by then is an item that was at hand.
      const turnOver = new Promise<undefined>((resolve) => setImmediate(resolve, undefined));
      while (some.length < size) {
        // An error is thrown after the items before it: the outer loop awaits the same promise again.
        const item = await Promise.race([next, turnOver]).catch(() => undefined);
        if (!item || item.done) break;
        some.push(item.value);
        next = pull(iterator);
      }
      yield some;
    }
  } finally {
    // Not awaited: the source may itself be waiting for an item that is no longer wanted.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** Asks ahead. Its error is thrown when it is awaited, and is not an unhandled rejection until then. */
function pull<T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T>> {
  const next = iterator.next();
  next.catch(() => undefined);
  return next;
}
