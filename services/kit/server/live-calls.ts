/** Something that is under way, and knows its place among the others. */
export interface Live {
  /** Set by {@link LiveCalls}. */
  index: number;
}

/**
 * What is under way just now, in no order. Not a Set: one that things go through so fast is made anew over and over,
 * and its discarded tables keep what was in them alive: it was a third of what the kit cost a call.
 */
export class LiveCalls<T extends Live> {
  readonly #calls: T[] = [];

  add(call: T): void {
    call.index = this.#calls.push(call) - 1;
  }

  /** The last takes its place. */
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

  /** As they are now, whatever ends meanwhile. */
  all(): readonly T[] {
    return [...this.#calls];
  }
}
