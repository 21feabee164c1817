/**
 * Parses values of queries like Go, with Go's error messages: Jaeger passes them on, and people search for them.
 */

const quote = (text: string): string => JSON.stringify(text);

/** Parses a hexadecimal number of 64 bits. @throws Error with the text of strconv.ParseUint */
export function parseHex(text: string): bigint {
  if (!/^[\da-f]+$/i.test(text)) throw new Error(`strconv.ParseUint: parsing ${quote(text)}: invalid syntax`);
  const value = BigInt(`0x${text}`);
  if (value >= 1n << 64n) throw new Error(`strconv.ParseUint: parsing ${quote(text)}: value out of range`);
  return value;
}

/** @throws Error with the text of strconv's function */
export function parseInteger(text: string, by: { function: 'Atoi' | 'ParseInt'; bits: 32 | 64 }): bigint {
  const failure = `strconv.${by.function}: parsing ${quote(text)}`;
  if (!/^[+-]?\d+$/.test(text)) throw new Error(`${failure}: invalid syntax`);
  const value = BigInt(text.replace(/^\+/, ''));
  if (BigInt.asIntN(by.bits, value) !== value) throw new Error(`${failure}: value out of range`);
  return value;
}

/** @throws Error with the text of strconv.ParseBool */
export function parseBool(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw new Error(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`);
}

const UNITS: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/**
 * Parses a duration such as `1.5s` or `2m30s` to nanoseconds.
 *
 * @throws Error with the text of time.ParseDuration
 */
export function parseDuration(text: string): bigint {
  const invalid = new Error(`time: invalid duration ${quote(text)}`);
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0n;
  if (rest === '') throw invalid;
  let nanos = 0n;
  for (let left = rest; left !== '';) {
    const [whole, integer = '', fraction = '', unit = ''] = /^(\d*)(?:\.(\d*))?([^\d.]*)/.exec(left) ?? [];
    if (!whole || integer + fraction === '') throw invalid;
    if (unit === '') throw new Error(`time: missing unit in duration ${quote(text)}`);
    const size = UNITS[unit];
    if (size === undefined) throw new Error(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
    const digits = fraction.slice(0, 18);
    nanos += BigInt(integer || '0') * size + (BigInt(digits || '0') * size) / 10n ** BigInt(digits.length);
    left = left.slice(whole.length);
  }
  if (nanos >= 1n << 63n) throw invalid;
  return sign === '-' ? -nanos : nanos;
}

const LAYOUT = '2006-01-02T15:04:05.999999999Z07:00';

/** The elements of a time, with their names in Go's layout. */
const ELEMENTS: [RegExp, string][] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d{2}/, '01'],
  [/^-/, '-'],
  [/^\d{2}/, '02'],
  [/^T/, 'T'],
  [/^\d{2}/, '15'],
  [/^:/, ':'],
  [/^\d{2}/, '04'],
  [/^:/, ':'],
  [/^\d{2}(?:[.,]\d+)?/, '05'],
  [/^(?:Z|[+-]\d{2}:\d{2})/, 'Z07:00'],
];

/**
 * Parses an RFC 3339 time to nanoseconds since 1970.
 *
 * @throws Error with the text of time.Parse
 */
export function parseTime(text: string): bigint {
  const failure = `parsing time ${quote(text)}`;
  let left = text;
  for (const [element, name] of ELEMENTS) {
    const [found] = element.exec(left) ?? [];
    if (found === undefined)
      throw new Error(`${failure} as ${quote(LAYOUT)}: cannot parse ${quote(left)} as ${quote(name)}`);
    left = left.slice(found.length);
  }
  if (left !== '') throw new Error(`${failure}: extra text: ${quote(left)}`);
  const [, date = '', fraction = '', zone = ''] = /^(.{19})(?:[.,](\d+))?(.*)$/.exec(text) ?? [];
  const millis = Date.parse(date + zone);
  const day = new Date(`${date.slice(0, 8)}01T00:00:00Z`);
  if (Number.isNaN(millis) || Number.isNaN(day.getTime()) || !isDay(date))
    throw new Error(`${failure}: ${range(date)} out of range`);
  return BigInt(millis) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/** False for February 30, which JavaScript reads as a day in March. */
function isDay(date: string): boolean {
  const [year, month, day] = date.slice(0, 10).split('-').map(Number) as [number, number, number];
  return day >= 1 && new Date(Date.UTC(year, month, 0)).getUTCDate() >= day;
}

function range(date: string): string {
  const [month = 0, , hour = 0, minute = 0, second = 0] = [5, 8, 11, 14, 17].map((at) =>
    Number(date.slice(at, at + 2)),
  );
  if (month < 1 || month > 12) return 'month';
  if (hour > 23) return 'hour';
  if (minute > 59) return 'minute';
  return second > 59 ? 'second' : 'day';
}
