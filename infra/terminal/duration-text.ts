const UNITS: [string, number][] = [
  ['d', 86_400e9],
  ['h', 3_600e9],
  ['min', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
];

/** Formats a duration with three digits, at most 8 columns wide: `842 µs`, `48.2 ms`, `1.24 s`. @param ns nanoseconds */
export function formatDuration(ns: number): string {
  // A value that rounds to 1000 of a unit is written as 1 of the next.
  const [unit, size] = UNITS.find(([, each]) => Math.abs(ns) >= each * 0.9995) ?? (['ns', 1] as const);
  const amount = ns / size;
  if (Math.abs(amount) >= 1e4) return `${amount.toExponential(0).replace('+', '')} ${unit}`;
  return `${unit === 'ns' ? Math.round(amount) : threeDigits(amount)} ${unit}`;
}

/** `5.00`, `48.2`, `842`. */
function threeDigits(amount: number): string {
  if (amount === 0 || Math.abs(amount) >= 99.95) return amount.toFixed(0);
  return amount.toFixed(Math.abs(amount) >= 9.995 ? 1 : 2);
}
