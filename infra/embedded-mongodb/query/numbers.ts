import { Decimal128, Double, Long, Timestamp } from 'bson';
import { badValue } from '../errors';
import { isInt32, toDouble } from './values';

/** A number of any of BSON's four types. */
export type Numeric = number | Double | Long | Decimal128;

export function isNumeric(value: unknown): value is Numeric {
  if (typeof value === 'number' || value instanceof Double || value instanceof Decimal128) return true;
  // Timestamp extends Long but is not a number.
  return value instanceof Long && !(value instanceof Timestamp);
}

/** The nearest JavaScript number. */
export function toNumber(value: Numeric): number {
  if (typeof value === 'number') return value;
  if (value instanceof Double) return value.value;
  return value instanceof Long ? value.toNumber() : Number(value.toString());
}

/** An exact finite number: coefficient times ten to the exponent. */
interface Exact {
  coefficient: bigint;
  exponent: number;
}

/** @returns undefined unless the number is finite */
function toExact(value: Numeric): Exact | undefined {
  if (value instanceof Long) return { coefficient: value.toBigInt(), exponent: 0 };
  if (value instanceof Decimal128) return parseDecimal(value.toString());
  const number = toNumber(value);
  if (!Number.isFinite(number)) return undefined;
  let [whole, halvings] = [number, 0];
  for (; !Number.isInteger(whole); halvings += 1) whole *= 2;
  // x / 2^n = x * 5^n / 10^n
  return { coefficient: BigInt(whole) * 5n ** BigInt(halvings), exponent: -halvings };
}

function parseDecimal(text: string): Exact | undefined {
  const [, digits = '', fraction = '', power = '0'] = /^(-?\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/i.exec(text) ?? [];
  if (digits === '') return undefined;
  return { coefficient: BigInt(digits + fraction), exponent: Number(power) - fraction.length };
}

/** Orders numbers of all types by value; NaN is below all others and equal to itself. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number' && a === b) return 0;
  const [exactA, exactB] = [a, b].map((each) => (isPlain(each) ? undefined : toExact(each)));
  if (!exactA && !exactB) return comparePlain(toNumber(a), toNumber(b));
  const [left, right] = [exactA ?? toExact(a), exactB ?? toExact(b)];
  return left && right ? compareExact(left, right) : comparePlain(toNumber(a), toNumber(b));
}

const isPlain = (value: Numeric): boolean => typeof value === 'number' || value instanceof Double;

function comparePlain(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a < b ? -1 : Number(a > b);
}

function compareExact(a: Exact, b: Exact): number {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : Number(left > right);
}

function aligned(a: Exact, b: Exact): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const scale = (each: Exact): bigint => each.coefficient * 10n ** BigInt(each.exponent - exponent);
  return [scale(a), scale(b), exponent];
}

/** A text that is equal exactly for equal numbers of any type. */
export function numberKey(value: Numeric): string {
  const number = toNumber(value);
  if (isPlain(value) || compareNumbers(value, number) === 0) return String(number === 0 ? 0 : number);
  const { coefficient, exponent } = toExact(value) as Exact;
  const digits = String(coefficient).replace(/0+$/, '');
  return `${digits}E${exponent + String(coefficient).length - digits.length}`;
}

type Operation = 'add' | 'multiply';

/**
 * Adds in the wider of the two types: int, long, double, decimal. An int that overflows becomes a long.
 *
 * @throws MongoError 2 if a long overflows
 */
export const add = (a: Numeric, b: Numeric): Numeric => calculate('add', a, b);

/** Multiplies; see {@link add}. */
export const multiply = (a: Numeric, b: Numeric): Numeric => calculate('multiply', a, b);

function calculate(operation: Operation, a: Numeric, b: Numeric): Numeric {
  if (a instanceof Decimal128 || b instanceof Decimal128) return calculateDecimal(operation, a, b);
  const [x, y] = [toNumber(a), toNumber(b)];
  if (isDouble(a) || isDouble(b)) return toDouble(operation === 'add' ? x + y : x * y);
  const [left, right] = [a, b].map((each) => (each instanceof Long ? each.toBigInt() : BigInt(toNumber(each))));
  const result = operation === 'add' ? (left as bigint) + (right as bigint) : (left as bigint) * (right as bigint);
  const long = a instanceof Long || b instanceof Long;
  if (!long && isInt32(Number(result))) return Number(result);
  if (BigInt.asIntN(64, result) !== result) throw badValue(`the result ${result} does not fit into 64 bits`);
  return Long.fromBigInt(result);
}

const isDouble = (value: Numeric): boolean => value instanceof Double || (typeof value === 'number' && !isInt32(value));

function calculateDecimal(operation: Operation, a: Numeric, b: Numeric): Decimal128 {
  const [left, right] = [toDecimalExact(a), toDecimalExact(b)];
  const [x, y] = [toNumber(a), toNumber(b)];
  if (!left || !right) return Decimal128.fromString(String(operation === 'add' ? x + y : x * y));
  if (operation === 'multiply')
    return toDecimal({ coefficient: left.coefficient * right.coefficient, exponent: left.exponent + right.exponent });
  const [l, r, exponent] = aligned(left, right);
  return toDecimal({ coefficient: l + r, exponent });
}

// MongoDB rounds a double to 15 digits before it meets a decimal, so that 0.1 stays 0.1.
const toDecimalExact = (value: Numeric): Exact | undefined =>
  isDouble(value) ? parseDecimal(Number(toNumber(value).toPrecision(15)).toString()) : toExact(value);

const toDecimal = ({ coefficient, exponent }: Exact): Decimal128 =>
  Decimal128.fromStringWithRounding(`${coefficient}E${exponent}`);

/** Reads a whole number from an argument. @returns undefined for anything else */
export function toInteger(value: unknown): number | undefined {
  if (!isNumeric(value)) return undefined;
  const number = toNumber(value);
  return Number.isSafeInteger(number) ? number : undefined;
}
