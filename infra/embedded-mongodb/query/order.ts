import type { Binary, BSONRegExp, Document, ObjectId, Timestamp } from 'bson';
import { compareNumbers, isNumeric, numberKey, type Numeric } from './numbers';
import { typeOf } from './values';

/** The order of types, by type number; comparable types share a place. */
const PLACES: ReadonlyMap<number, number> = new Map(
  [[-1], [6], [10], [1, 16, 18, 19], [2, 14], [3], [4], [5], [7], [8], [9], [17], [11], [13, 15], [127]].flatMap(
    (alike, place) => alike.map((type) => [type, place]),
  ),
);

/** The place of a value's type in the order; values of different places are never equal. */
export function placeOf(value: unknown): number {
  return PLACES.get(typeOf(value)) ?? 0;
}

/**
 * Orders any two values like MongoDB.
 *
 * @returns below 0, 0 or above 0
 * @see https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
 */
export function compare(a: unknown, b: unknown): number {
  const places = placeOf(a) - placeOf(b);
  if (places !== 0) return places;
  if (isNumeric(a)) return compareNumbers(a, b as Numeric);
  return BY_TYPE[typeOf(a)]?.(a as never, b as never) ?? 0;
}

export const equal = (a: unknown, b: unknown): boolean => compare(a, b) === 0;

const compareScalars = <T extends bigint | number | boolean>(a: T, b: T): number => (a < b ? -1 : Number(a > b));

const BY_TYPE: Readonly<Record<number, (a: never, b: never) => number>> = {
  2: (a: unknown, b: unknown) => compareTexts(String(a), String(b)),
  14: (a: unknown, b: unknown) => compareTexts(String(a), String(b)),
  3: compareDocuments,
  4: compareArrays,
  5: (a: Binary, b: Binary) =>
    a.position - b.position || a.sub_type - b.sub_type || Buffer.compare(a.value(), b.value()),
  7: (a: ObjectId, b: ObjectId) => compareTexts(a.toHexString(), b.toHexString()),
  8: compareScalars<boolean>,
  9: (a: Date, b: Date) => compareScalars(a.getTime(), b.getTime()),
  11: (a: BSONRegExp, b: BSONRegExp) => compareTexts(a.pattern, b.pattern) || compareTexts(a.options, b.options),
  13: (a: { code: unknown }, b: { code: unknown }) => compareTexts(String(a.code), String(b.code)),
  17: (a: Timestamp, b: Timestamp) => a.t - b.t || a.i - b.i,
};

/** Compares by code points, like UTF-8; JavaScript compares by UTF-16 units. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at += 1;
  if (at === length) return a.length - b.length;
  return rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
}

// Surrogates stand for code points above all others.
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit);

function compareArrays(a: unknown[], b: unknown[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const order = compare(a[at], b[at]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareDocuments(a: Document, b: Document): number {
  const [left, right] = [Object.entries(a), Object.entries(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const [[name, value], [otherName, other]] = [left[at], right[at]] as [[string, unknown], [string, unknown]];
    const order = placeOf(value) - placeOf(other) || compareTexts(name, otherName) || compare(value, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** A text that is equal exactly for equal values: a key for maps. */
export function keyOf(value: unknown): string {
  if (typeof value === 'string') return `"${value.length}:${value}`;
  if (isNumeric(value)) return `#${numberKey(value)}`;
  const type = typeOf(value);
  return `${type}${KEYS[type]?.(value as never) ?? ''};`;
}

const KEYS: Readonly<Record<number, (value: never) => string>> = {
  14: (value: unknown) => JSON.stringify(String(value)),
  3: (value: Document) =>
    `{${Object.entries(value)
      .map(([name, field]) => `${JSON.stringify(name)}${keyOf(field)}`)
      .join(',')}}`,
  4: (value: unknown[]) => `[${value.map(keyOf).join(',')}]`,
  5: (value: Binary) => `${value.sub_type}:${value.toString('hex')}`,
  7: (value: ObjectId) => value.toHexString(),
  8: String,
  9: (value: Date) => String(value.getTime()),
  11: (value: BSONRegExp) => JSON.stringify([value.pattern, value.options]),
  13: (value: { code: unknown }) => JSON.stringify(value.code),
  17: (value: Timestamp) => `${value.t}:${value.i}`,
};
