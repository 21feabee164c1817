/** An opened source. */
export interface OpenSource<Raw, Item> {
  readonly items: Pick<AsyncIterator<Raw>, 'next' | 'return'>;
  convert(raw: Raw): Item;
  /** The error to throw for what the source or `convert` threw. */
  convertError(thrown: unknown): unknown;
  /** Called once, however the iteration ends. */
  close(): void;
}

/**
 * An iterator that opens its source when the first item is asked for. Unlike an async generator, which would queue its
 * `return()`, it can be closed while an item is being waited for.
 */
export function openOnDemand<Raw, Item>(open: () => OpenSource<Raw, Item>): AsyncIterableIterator<Item> {
  const done: IteratorReturnResult<undefined> = { done: true, value: undefined };
  let source: OpenSource<Raw, Item> | undefined;
  let isClosed = false;
  const close = (): typeof done => {
    if (!isClosed) source?.close();
    isClosed = true;
    return done;
  };
  const next = async (): Promise<IteratorResult<Item, undefined>> => {
    if (isClosed) return done;
    try {
      source ??= open();
      const item = await source.items.next();
      return item.done || isClosed ? close() : { done: false, value: source.convert(item.value) };
    } catch (error) {
      if (isClosed) return done;
      close();
      throw source ? source.convertError(error) : error;
    }
  };
  return {
    next,
    return: () => {
      // Not awaited: it may be queued behind an item that never comes.
      if (!isClosed) void source?.items.return?.().then(undefined, () => undefined);
      return Promise.resolve(close());
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
