/** Records what was refused or changed in one export, for its sender. */
export class Report {
  readonly #refusals = new Map<string, number>();
  readonly #warnings = new Map<string, number>();

  /** Counts refused items. @param reason such as `starts at 0` */
  refuse(reason: string, count = 1): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + count);
  }

  /** Counts changed items. @param change such as `a value was cut to 16384 characters` */
  warn(change: string, count = 1): void {
    this.#warnings.set(change, (this.#warnings.get(change) ?? 0) + count);
  }

  /** The number of refused spans or points. */
  get refused(): number {
    return [...this.#refusals.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The refusals by reason. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals;
  }

  /** A summary for the sender; empty if everything was accepted unchanged. */
  get message(): string {
    const list = (counts: ReadonlyMap<string, number>): string =>
      [...counts].map(([reason, count]) => `${reason} (${count})`).join(', ');
    const refused = this.#refusals.size > 0 ? [`refused: ${list(this.#refusals)}`] : [];
    const changed = this.#warnings.size > 0 ? [`changed: ${list(this.#warnings)}`] : [];
    return [...refused, ...changed].join('; ');
  }
}
