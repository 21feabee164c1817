const NANOS = 1_000_000_000n;

/**
 * Formats a time like Go: `2026-01-02 03:04:05.000000006 +0000 UTC`.
 *
 * @param nanos since 1970
 * @see https://pkg.go.dev/time#Time.String
 */
export function formatGoTime(nanos: bigint): string {
  const fraction = (nanos % NANOS).toString().padStart(9, '0').replace(/0+$/, '');
  const [date = '', time = ''] = new Date(Number(nanos / NANOS) * 1000).toISOString().split(/[T.]/);
  return `${date} ${time}${fraction && `.${fraction}`} +0000 UTC`;
}

const UNITS = [
  ['h', 3_600n * NANOS],
  ['m', 60n * NANOS],
] as const;

/**
 * Formats a duration like Go: `1h2m3.5s`, `5.045s`, `1.5ms`, `10µs`, `1ns`.
 *
 * @see https://pkg.go.dev/time#Duration.String
 */
export function formatGoDuration(nanos: bigint): string {
  if (nanos < 0n) return `-${formatGoDuration(-nanos)}`;
  if (nanos === 0n) return '0s';
  if (nanos < NANOS) {
    const [unit, size] = nanos < 1_000n ? ['ns', 1n] : nanos < 1_000_000n ? ['µs', 1_000n] : ['ms', 1_000_000n];
    return `${decimal(nanos, size)}${unit}`;
  }
  let left = nanos;
  let text = '';
  for (const [unit, size] of UNITS) {
    if (nanos >= size) text += `${left / size}${unit}`;
    left %= size;
  }
  return `${text}${decimal(left, NANOS)}s`;
}

function decimal(value: bigint, unit: bigint): string {
  const digits = unit.toString().length - 1;
  const fraction = digits === 0 ? '' : (value % unit).toString().padStart(digits, '0').replace(/0+$/, '');
  return `${value / unit}${fraction && `.${fraction}`}`;
}
