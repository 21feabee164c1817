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
  if (!amount || !unit) throw new Error(noDuration(text));
  // To the nanosecond: 1.005 s would be 1004.9999999999999 ms.
  return Number((Number(amount) * UNITS[unit as keyof typeof UNITS]).toFixed(6));
}

/** Longer ones do not fit Node's timers, which would go off at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Why a text can be no deadline, or nothing. Istio counts in whole milliseconds.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute
 */
export function deadlineFault(text: string): string | undefined {
  if (!isDuration(text)) return noDuration(text);
  const ms = parseDuration(text);
  if (ms === 0) return `"${text}" leaves no time to answer; write at least 1ms`;
  if (!Number.isInteger(ms)) return `"${text}" is no whole number of milliseconds, in which Istio counts`;
  return ms > LONGEST_MS ? `"${text}" is too long; write at most 24 days, 576h` : undefined;
}

function noDuration(text: string): string {
  return `"${text}" is no duration; write for example 250ms, 2s or 1.5m`;
}
