import { Decimal128, Double, Long } from 'bson';
import { evalExpr } from 'mingo/core';
import type { Any, Options } from 'mingo/types';
import { located, MongoError, typeMismatch } from '../errors';
import { add, isNumeric, multiply, type Numeric, toInteger, toNumber } from '../query/numbers';
import { compare, keyOf } from '../query/order';
import { isDocument, typeName } from '../query/values';

type Operator = (document: Any, expression: Any, options: Options) => unknown;

/** Operators of MongoDB that mingo lacks or implements differently. */
export const REFUSED_OPERATORS: ReadonlySet<string> = new Set(
  '$function $accumulator $meta $toHashedIndexKey $median $percentile $type $convert $toLong $toDecimal $rand $sampleRate'.split(
    ' ',
  ),
);

/** Makes an operator that takes one argument or a list. */
function over(work: (values: unknown[]) => unknown): Operator {
  return (document, expression, options) => {
    const value: unknown = evalExpr(document, expression, options);
    return work(Array.isArray(expression) ? (value as unknown[]) : [value]);
  };
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;

/** Makes an operator that returns null if any argument is null or missing. */
const orNull = (work: (values: unknown[]) => unknown): Operator =>
  over((values) => (values.some(isNothing) ? null : work(values)));

function numeric(name: string, value: unknown): Numeric {
  if (!isNumeric(value)) throw typeMismatch(`${name} only supports numeric types, not ${typeName(value)}`);
  return value;
}

/** Unwraps a result, because mingo's operators only know plain numbers. */
const plain = (value: Numeric): unknown => {
  if (value instanceof Double) return value.value;
  if (!(value instanceof Long)) return value;
  return Number.isSafeInteger(value.toNumber()) ? value.toNumber() : value;
};

/** One argument may be a date; the others then count as milliseconds. */
function sum(values: unknown[]): unknown {
  const dates = values.filter((value) => value instanceof Date);
  if (dates.length > 1) throw located(16_612, 'only one date allowed in an $add expression');
  const rest = values.filter((value) => !(value instanceof Date));
  const total = rest.reduce<Numeric>((all, value) => add(all, numeric('$add', value)), 0);
  return dates[0] ? new Date(dates[0].getTime() + toNumber(total)) : plain(total);
}

function difference([a, b]: unknown[]): unknown {
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (a instanceof Date) return new Date(a.getTime() - toNumber(numeric('$subtract', b)));
  return plain(add(numeric('$subtract', a), multiply(numeric('$subtract', b), -1)));
}

/** @throws MongoError for decimals and large longs, which doubles cannot divide exactly */
function inDoubles(name: string, work: (a: number, b: number) => number): Operator {
  return orNull((values) => {
    const [a, b] = values.map((value) => numeric(name, value));
    if (a instanceof Decimal128 || b instanceof Decimal128 || a instanceof Long || b instanceof Long)
      throw typeMismatch(`${name} of decimals and of longs beyond 2^53 is not supported by the embedded server`);
    return work(toNumber(a as Numeric), toNumber(b as Numeric));
  });
}

function divide(a: number, b: number): number {
  if (b === 0) throw located(16_608, "can't $divide by zero");
  return a / b;
}

function remainder(a: number, b: number): number {
  if (b === 0) throw located(16_610, "can't $mod by zero");
  return a % b;
}

function compares(holds: (order: number) => unknown): Operator {
  return over(([a, b]) => holds(compareWithMissing(a, b)));
}

function compareWithMissing(a: unknown, b: unknown): number {
  return Math.sign(compare(a, b));
}

/** The items of a single array argument, else the arguments. */
const itemsOf = (values: unknown[]): unknown[] =>
  values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : values;

/** Folds many values into one, for the accumulators and expressions of these names. */
export const FOLDS: Readonly<Record<string, (values: unknown[]) => unknown>> = {
  $sum: (values) => values.filter(isNumeric).reduce<Numeric>(add, 0),
  $avg: (values) => {
    const numbers = values.filter(isNumeric);
    if (numbers.length === 0) return null;
    const total = numbers.reduce<Numeric>(add, 0);
    if (total instanceof Decimal128) return multiply(total, Decimal128.fromString(String(1 / numbers.length)));
    return toNumber(total) / numbers.length;
  },
  $min: (values) => extreme(values, -1),
  $max: (values) => extreme(values, 1),
};

function extreme(values: unknown[], direction: number): unknown {
  const some = values.filter((value) => !isNothing(value));
  return some.length === 0 ? null : some.reduce((best, each) => (compare(each, best) * direction > 0 ? each : best));
}

const folded = (name: string): Operator =>
  over((values) => {
    const result = FOLDS[name]?.(itemsOf(values));
    return isNumeric(result) ? plain(result) : result;
  });

function has(list: unknown, name: string, value: unknown): boolean {
  if (!Array.isArray(list)) throw located(40_081, `${name} requires an array as a second argument`);
  const key = keyOf(value ?? null);
  return list.some((each: unknown) => keyOf(each ?? null) === key);
}

function unionOf(lists: unknown[]): unknown {
  const all = lists.flatMap((list) => {
    if (!Array.isArray(list)) throw located(17_043, `All operands of $setUnion must be arrays`);
    return list as unknown[];
  });
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}

function text(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (isDocument(value) || Array.isArray(value)) throw located(241, `Unsupported conversion of ${typeName(value)}`);
  return String(value);
}

/** MongoDB limits the memory for this; here a huge list would exhaust the process. */
const MAX_RANGE = 1_000_000;

function range(values: unknown[]): number[] {
  const [start, end, step = 1] = values.map((value) => toInteger(value) ?? Number.NaN);
  if (start === undefined || end === undefined || Number.isNaN(start + end + step))
    throw located(34_443, '$range requires numbers that are whole');
  if (step === 0) throw located(34_449, '$range requires a non-zero step value');
  const length = Math.max(0, Math.ceil((end - start) / step));
  if (length > MAX_RANGE) throw new MongoError(146, 'ExceededMemoryLimit', `$range would make ${length} items`);
  return Array.from({ length }, (_, at) => start + at * step);
}

/** Operators that mingo implements for some types of BSON only. */
export const EXACT_OPERATORS: Readonly<Record<string, Operator>> = {
  $add: orNull(sum),
  $subtract: orNull(difference),
  $multiply: orNull((values) =>
    plain(values.reduce<Numeric>((all, each) => multiply(all, numeric('$multiply', each)), 1)),
  ),
  $divide: inDoubles('$divide', divide),
  $mod: inDoubles('$mod', remainder),
  $eq: compares((order) => order === 0),
  $ne: compares((order) => order !== 0),
  $gt: compares((order) => order > 0),
  $gte: compares((order) => order >= 0),
  $lt: compares((order) => order < 0),
  $lte: compares((order) => order <= 0),
  $cmp: compares((order) => order),
  $sum: folded('$sum'),
  $avg: folded('$avg'),
  $min: folded('$min'),
  $max: folded('$max'),
  $in: over(([value, list]) => has(list, '$in', value)),
  $setUnion: orNull(unionOf),
  $range: over(range),
  $toString: orNull(([value]) => text(value)),
  $isNumber: over(([value]) => isNumeric(value)),
};
