const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A length of time as Istio writes one, for example `250ms`, `2s`, `1.5m`. */
export type Duration = `${number}${keyof typeof UNITS}`;

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** Whether a text is a length of time. */
export function isDuration(text: string): boolean {
  return DURATION.test(text);
}

/**
 * @returns the length in milliseconds
 * @throws Error that names the text when it is no duration
 */
export function parseDuration(text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (!amount || !unit) throw new Error(`"${text}" is no duration; write for example 250ms, 2s or 1.5m`);
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}
