/** How many items go into one message at most. */
export interface BatchOptions {
  size: number;
}

/**
 * Puts the items of a fast stream together, so that a message carries many: a message costs microseconds, an item in
 * one a fraction of that. What is there is sent as soon as the source has no more at once, so a slow source does not
 * wait for a batch to fill.
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

// Async in name only: nothing is waited for between two items.
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
      // One turn of the event loop for a whole batch: a promise that is settled by then is an item that was there.
      const turnOver = new Promise<undefined>((resolve) => setImmediate(resolve, undefined));
      while (some.length < size) {
        // A source that breaks is told after what came before it: the outer loop waits for the same promise again.
        const item = await Promise.race([next, turnOver]).catch(() => undefined);
        if (!item || item.done) break;
        some.push(item.value);
        next = pull(iterator);
      }
      yield some;
    }
  } finally {
    // Not waited for: the source may be waiting itself, for an item that nobody wants any more.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** Asks ahead: what goes wrong is told when it is waited for, and until then is no rejection that nobody handles. */
function pull<T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T>> {
  const next = iterator.next();
  next.catch(() => undefined);
  return next;
}
