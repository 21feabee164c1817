import { Binary, type Document, Long, MaxKey, MinKey } from 'bson';
import { badValue, failedToParse } from '../errors';
import { isNumeric, type Numeric, toInteger, toNumber } from './numbers';
import { compare, keyOf, placeOf } from './order';
import { compilePattern, patternOf, patternOfOperator } from './pattern';
import { isOperators, typeName, typeOf, TYPES } from './values';

/** A condition on all values of a path; undefined means a missing field. */
export type Test = (values: readonly unknown[]) => boolean;

type Compile = (operand: unknown, whole: Document) => Test;

/** Passes if a value, or an item of an array value, passes. */
export const anyItem =
  (test: (value: unknown) => boolean): Test =>
  (values) =>
    values.some((value) => test(value) || (Array.isArray(value) && value.some(test)));

const isNothing = (value: unknown): boolean => value === null || value === undefined;

function equals(operand: unknown): (value: unknown) => boolean {
  if (isNothing(operand)) return isNothing;
  return (value) => value !== undefined && compare(value, operand) === 0;
}

/** Compares only within a type, except that MinKey and MaxKey compare with every type. */
function compares(operand: unknown, holds: (order: number) => boolean): Test {
  const everyType = operand instanceof MinKey || operand instanceof MaxKey;
  if (isNothing(operand)) return holds(0) ? anyItem(isNothing) : () => false;
  return anyItem((value) => {
    if (value === undefined || (!everyType && placeOf(value) !== placeOf(operand))) return false;
    return isNotANumber(value) === isNotANumber(operand) && holds(compare(value, operand));
  });
}

const isNotANumber = (value: unknown): boolean => isNumeric(value) && Number.isNaN(toNumber(value));

function compileIn(name: string, operand: unknown): Test {
  if (!Array.isArray(operand)) throw badValue(`${name} needs an array`);
  if (operand.some(isOperators)) throw badValue(`cannot nest $ under ${name}`);
  const patterns = operand.flatMap((each: unknown) => {
    const pattern = patternOf(each);
    return pattern ? [compilePattern(pattern)] : [];
  });
  const keys = new Set(operand.map((each: unknown) => keyOf(each ?? null)));
  return anyItem((value) => keys.has(keyOf(value ?? null)) || patterns.some((matches) => matches(value)));
}

function compileType(operand: unknown): Test {
  const numbers = (Array.isArray(operand) ? (operand as unknown[]) : [operand]).flatMap(typeNumbers);
  return anyItem((value) => value !== undefined && numbers.includes(typeOf(value)));
}

function typeNumbers(operand: unknown): number[] {
  if (operand === 'number') return [1, 16, 18, 19];
  if (typeof operand === 'string') {
    const found = [...TYPES].find(([, name]) => name === operand);
    if (!found) throw badValue(`Unknown type name alias: ${operand}`);
    return [found[0]];
  }
  const number = toInteger(operand);
  if (number === undefined) throw badValue('type must be represented as a number or a string');
  if (!TYPES.has(number)) throw badValue(`Invalid numerical type code: ${number}`);
  return [number];
}

function compileSize(operand: unknown): Test {
  const size = toInteger(operand);
  if (size === undefined || size < 0)
    throw failedToParse(`Failed to parse $size. Expected a non-negative number in: $size: ${typeName(operand)}`);
  return (values) => values.some((value) => Array.isArray(value) && value.length === size);
}

function compileMod(operand: unknown): Test {
  if (!Array.isArray(operand)) throw badValue('malformed mod, needs to be an array');
  if (operand.length !== 2) throw badValue(`malformed mod, ${operand.length < 2 ? 'not enough' : 'too many'} elements`);
  if (!operand.every(isNumeric)) throw badValue('malformed mod, divisor and remainder must be numbers');
  const [divisor, remainder] = operand.map((each) => toBigInt(each));
  if (divisor === 0n || divisor === undefined) throw badValue('divisor cannot be 0');
  return anyItem((value) => {
    const whole = isNumeric(value) ? toBigInt(value) : undefined;
    return whole !== undefined && whole % divisor === remainder;
  });
}

/** Truncates a number. */
function toBigInt(value: Numeric): bigint | undefined {
  if (value instanceof Long) return value.toBigInt();
  const number = toNumber(value);
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : undefined;
}

function compileRegex(operand: unknown, whole: Document): Test {
  return anyItem(compilePattern(patternOfOperator(operand, whole)));
}

function compileOptions(_: unknown, whole: Document): Test {
  if (!('$regex' in whole)) throw badValue('$options needs a $regex');
  return () => true;
}

/** @param passes tests the masked bits of a value */
function compileBits(name: string, operand: unknown, passes: (bits: bigint, mask: bigint) => boolean): Test {
  const mask = maskOf(name, operand);
  return anyItem((value) => {
    const bits = bitsOf(value);
    return bits !== undefined && passes(bits & mask, mask);
  });
}

function maskOf(name: string, operand: unknown): bigint {
  if (!Array.isArray(operand)) {
    const bits = bitsOf(operand);
    if (bits === undefined || bits < 0n) throw badValue(`${name} takes an Array, a number, or a BinData`);
    return bits;
  }
  return operand.reduce<bigint>((mask, each) => {
    const position = toInteger(each);
    if (position === undefined || position < 0) throw badValue(`bit positions of ${name} must be integers >= 0`);
    return mask | (1n << BigInt(Math.min(position, 1_024)));
  }, 0n);
}

function bitsOf(value: unknown): bigint | undefined {
  if (value instanceof Binary) return BigInt(`0x${Buffer.from(value.value()).reverse().toString('hex') || '0'}`);
  if (!isNumeric(value)) return undefined;
  return value instanceof Long || Number.isSafeInteger(toNumber(value)) ? toBigInt(value) : undefined;
}

/** Negates a test on all values of a path: no item of an array may pass. */
export const not =
  (test: Test): Test =>
  (values) =>
    !test(values);

function compileEquality(operand: unknown): Test {
  const pattern = patternOf(operand);
  return anyItem(pattern ? (value) => compare(value, operand) === 0 : equals(operand));
}

/** The operators that need only their operand. */
export const LEAF_OPERATORS: Readonly<Record<string, Compile>> = {
  $eq: compileEquality,
  $ne: (operand) => not(compileEquality(operand)),
  $gt: (operand) => compares(operand, (order) => order > 0),
  $gte: (operand) => compares(operand, (order) => order >= 0),
  $lt: (operand) => compares(operand, (order) => order < 0),
  $lte: (operand) => compares(operand, (order) => order <= 0),
  $in: (operand) => compileIn('$in', operand),
  $nin: (operand) => not(compileIn('$nin', operand)),
  $exists: (operand) => {
    const wanted = operand !== false && operand !== null && !(isNumeric(operand) && toNumber(operand) === 0);
    return (values) => values.some((value) => value !== undefined) === wanted;
  },
  $type: compileType,
  $size: compileSize,
  $mod: compileMod,
  $regex: compileRegex,
  $options: compileOptions,
  $bitsAllSet: (operand) => compileBits('$bitsAllSet', operand, (bits, mask) => bits === mask),
  $bitsAnySet: (operand) => compileBits('$bitsAnySet', operand, (bits) => bits !== 0n),
  $bitsAllClear: (operand) => compileBits('$bitsAllClear', operand, (bits) => bits === 0n),
  $bitsAnyClear: (operand) => compileBits('$bitsAnyClear', operand, (bits, mask) => bits !== mask),
};
