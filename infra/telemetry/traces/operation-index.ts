import type { Operation } from './chunk';

/** The services and operations of all stored traces. */
export class OperationIndex {
  readonly #services = new Map<string, Map<string, { operation: Operation; uses: number }>>();

  /** Adds the operations of a chunk. */
  add(service: string, operations: readonly Operation[]): void {
    const known = this.#services.get(service) ?? new Map<string, { operation: Operation; uses: number }>();
    this.#services.set(service, known);
    for (const operation of operations) {
      const entry = known.get(keyOf(operation));
      if (entry) entry.uses += 1;
      else known.set(keyOf(operation), { operation, uses: 1 });
    }
  }

  /** Removes the operations of a chunk. */
  remove(service: string, operations: readonly Operation[]): void {
    const known = this.#services.get(service);
    if (!known) return;
    for (const operation of operations) {
      const entry = known.get(keyOf(operation));
      if (entry && (entry.uses -= 1) === 0) known.delete(keyOf(operation));
    }
    if (known.size === 0) this.#services.delete(service);
  }

  get services(): string[] {
    return [...this.#services.keys()];
  }

  /** @param kind empty for all */
  operations(service: string, kind: string): Operation[] {
    const all = [...(this.#services.get(service)?.values() ?? [])].map(({ operation }) => operation);
    return all.filter((each) => kind === '' || each.kind === kind);
  }
}

function keyOf({ name, kind }: Operation): string {
  return `${kind} ${name}`;
}
