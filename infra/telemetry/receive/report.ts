/** What a receiver did not take of one export, and why, for whoever sent it. */
export class Report {
  readonly #refusals = new Map<string, number>();
  readonly #warnings = new Map<string, number>();

  /** Counts what is not kept. @param reason such as `starts at 0` */
  refuse(reason: string, count = 1): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + count);
  }

  /** Counts what is kept, but not as it was sent. @param what such as `a value was cut to 16384 characters` */
  warn(what: string, count = 1): void {
    this.#warnings.set(what, (this.#warnings.get(what) ?? 0) + count);
  }

  /** How many spans or points were refused. */
  get refused(): number {
    return [...this.#refusals.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Counts of refusals by reason. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals;
  }

  /** All of it as a sentence; empty when everything was taken as it was sent. */
  get message(): string {
    const list = (counts: ReadonlyMap<string, number>): string =>
      [...counts].map(([reason, count]) => `${reason} (${count})`).join(', ');
    const refused = this.#refusals.size > 0 ? [`refused: ${list(this.#refusals)}`] : [];
    const changed = this.#warnings.size > 0 ? [`changed: ${list(this.#warnings)}`] : [];
    return [...refused, ...changed].join('; ');
  }
}
