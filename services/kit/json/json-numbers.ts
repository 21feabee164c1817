/** A number whose value a double might not hold. */
export interface ExactNumber {
  /** As it was written. */
  readonly source: string;
  /** The double next to it: 9007199254740992 for `9007199254740993`. */
  readonly nearest: number;
}

class WrittenNumber implements ExactNumber {
  constructor(readonly source: string) {}

  get nearest(): number {
    return Number(this.source);
  }
}

/** @param source a number as JSON writes it */
export function exactNumber(source: string): ExactNumber {
  return new WrittenNumber(source);
}

/** True for a number that kept its digits; false for a JSON object with the same members. */
export function isExactNumber(value: unknown): value is ExactNumber {
  return value instanceof WrittenNumber;
}

/** JSON whose numbers have kept their values. */
export type Json = null | boolean | number | string | ExactNumber | Json[] | { [key: string]: Json };

// Without `fatal`, bytes that are not UTF-8 would become other characters in silence.
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Up to 15 digits and no exponent, a double holds a number exactly. */
const NEEDS_CARE = /[\d.]{16}|\d[eE]/;

/** In a text that is JSON: the strings, and the numbers between them. */
const STRINGS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * Parses JSON without losing digits. When a name occurs twice in an object the last value counts, as everywhere in
 * JavaScript; `__proto__` is a name like any other.
 *
 * Node 20's JSON.parse does not tell its reviver how a number was written, so numbers are replaced by their indexes first.
 *
 * @throws Error for bytes that are not UTF-8, or not JSON
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function parseJson(input: string | Uint8Array): Json {
  const text = typeof input === 'string' ? input : decoder.decode(input);
  const parsed = JSON.parse(text) as Json;
  if (!NEEDS_CARE.test(text)) return parsed;
  const sources: string[] = [];
  const indexed = text.replace(STRINGS_AND_NUMBERS, (token) =>
    token.startsWith('"') ? token : String(sources.push(token) - 1),
  );
  return JSON.parse(indexed, (_, value: unknown) =>
    typeof value === 'number' ? numberOf(sources[value] ?? '') : value,
  ) as Json;
}

function numberOf(source: string): number | ExactNumber {
  const number = Number(source);
  return Number.isSafeInteger(number) && /^-?\d+$/.test(source) ? number : exactNumber(source);
}

/** A number as JSON writes it, except that it may begin with zeros. */
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** True for a number as JSON writes it, unlike `0x10`, `+5` and ` 5`, which JavaScript also reads. */
export function isNumberText(text: string): boolean {
  return NUMBER.test(text);
}

/** More digits than any type has. */
const MAX_DIGITS = 40;

/** `1000` for `1e3` and `1000.0`: the digits of a whole number, or undefined where it is not one or is far too large. */
export function wholeNumber(text: string): string | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const digits = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return '0';
  const zeros = Number(exponent) + whole.length - digits.length - leadingZeros(whole + fraction);
  if (zeros < 0 || digits.length + zeros > MAX_DIGITS) return undefined;
  return sign + digits + '0'.repeat(zeros);
}

function leadingZeros(digits: string): number {
  return digits.length - digits.replace(/^0+/, '').length;
}

/** JSON as JavaScript has it. @throws Error for a number that is too large for a double */
export function toDoubles(json: Json): Json & (null | boolean | number | string | object) {
  if (isExactNumber(json)) {
    if (!Number.isFinite(json.nearest)) throw new Error(`${json.source} is too large`);
    return json.nearest;
  }
  if (Array.isArray(json)) return json.map(toDoubles);
  if (isObject(json)) return mapMembers(json, toDoubles);
  return json;
}

/** True for a JSON object, as that of most messages is. */
export function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** An object with the same names, `__proto__` included, and changed values; the same object where none changes. */
export function mapMembers(
  json: Record<string, Json>,
  change: (value: Json, key: string) => Json,
): Record<string, Json> {
  let changed: Record<string, Json> | undefined;
  for (const key of Object.keys(json)) {
    const value = json[key] as Json;
    const next = change(value, key);
    if (next === value) continue;
    changed ??= { ...json };
    // An assignment to `__proto__` would set the prototype.
    Object.defineProperty(changed, key, { value: next, enumerable: true, writable: true, configurable: true });
  }
  return changed ?? json;
}
