/** An item of {@link LiveCalls}, which knows its index there. */
export interface Live {
  /** Set by {@link LiveCalls}. */
  index: number;
}

/**
 * The running calls, in no order. Not a Set: at this rate of changes V8 rebuilds its table again and again, and old
 * tables keep finished calls alive. That was a third of the kit's cost per call.
 */
export class LiveCalls<T extends Live> {
  readonly #calls: T[] = [];

  add(call: T): void {
    call.index = this.#calls.push(call) - 1;
  }

  /** Moves the last call into the gap. */
  delete(call: T): void {
    if (this.#calls[call.index] !== call) return;
    const last = this.#calls.pop() as T;
    if (last === call) return;
    this.#calls[call.index] = last;
    last.index = call.index;
  }

  get size(): number {
    return this.#calls.length;
  }

  /** A copy, since calls may end while it is read. */
  all(): readonly T[] {
    return [...this.#calls];
  }
}
