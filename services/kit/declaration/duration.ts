import type { FaultText } from '../faults/fault';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A length of time in Istio's notation, for example `250ms`, `2s`, `1.5m`. */
export type Duration = `${number}${keyof typeof UNITS}`;

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** True for texts that {@link parseDuration} can read. */
export function isDuration(text: string): boolean {
  return DURATION.test(text);
}

/**
 * @returns the length in milliseconds
 * @throws Error that quotes the text if it is not a duration
 */
export function parseDuration(text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (!amount || !unit) throw new Error(`${notADuration(text)}; ${FIX}`);
  // To the nanosecond: 1.005 s would be 1004.9999999999999 ms.
  return Number((Number(amount) * UNITS[unit as keyof typeof UNITS]).toFixed(6));
}

/** Node's timers count in 31 bits, and fire at once when a time does not fit. */
const LONGEST_MS = 2 ** 31 - 1;

/** Any length of time. */
export function checkDuration(text: unknown): FaultText | undefined {
  if (typeof text === 'string' && isDuration(text)) return undefined;
  return { message: notADuration(text), fix: FIX };
}

/**
 * The deadline of a call.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute
 */
export function checkDeadline(text: string): FaultText | undefined {
  if (!isDuration(text)) return checkDuration(text);
  const ms = parseDuration(text);
  if (ms === 0) return { message: `"${text}" leaves no time to answer`, fix: 'write at least 1ms' };
  if (!Number.isInteger(ms))
    return { message: `"${text}" is not a whole number of milliseconds`, fix: 'round it: Istio counts whole ones' };
  return ms > LONGEST_MS ? { message: `"${text}" is too long`, fix: 'write at most 24 days, 576h' } : undefined;
}

const FIX = 'write for example 250ms, 2s or 1.5m';

function notADuration(text: unknown): string {
  return `"${String(text)}" is not a duration`;
}
