import { type Document, Long, Timestamp } from 'bson';
import { badValue, failedToParse, typeMismatch } from '../errors';
import { compileFilter } from '../query/match';
import { add, isNumeric, multiply, type Numeric, toInteger, toNumber } from '../query/numbers';
import { compare, keyOf } from '../query/order';
import { sortItems } from '../query/sort';
import { clone, isDocument, isOperators, typeName } from '../query/values';

/** An operator that changes one value; undefined means a missing field, or as a result no change. */
export interface UpdateOperator {
  /** True if a missing field and its parents are created. */
  creates: boolean;
  /** @throws MongoError for an invalid operand */
  check(operand: unknown, path: string): void;
  apply: ((value: unknown, operand: unknown, path: string) => unknown) | 'remove';
}

const anything = (): void => undefined;

function arithmetic(
  verb: string,
  start: (operand: Numeric) => Numeric,
  calculate: (a: Numeric, b: Numeric) => Numeric,
): UpdateOperator {
  return {
    creates: true,
    check: (operand, path) => {
      if (!isNumeric(operand))
        throw typeMismatch(`Cannot ${verb} with non-numeric argument: {${path}: ${typeName(operand)}}`);
    },
    apply: (value, operand, path) => {
      if (value === undefined) return start(operand as Numeric);
      if (isNumeric(value)) return calculate(value, operand as Numeric);
      throw typeMismatch(
        `Cannot apply $${verb} to a value of non-numeric type: '${path}' is of type ${typeName(value)}`,
      );
    },
  };
}

function bound(direction: number): UpdateOperator {
  return {
    creates: true,
    check: anything,
    apply: (value, operand) =>
      value === undefined || compare(operand, value) * direction > 0 ? clone(operand) : undefined,
  };
}

const currentDate: UpdateOperator = {
  creates: true,
  check: (operand) => {
    const type: unknown = isDocument(operand) ? operand['$type'] : operand;
    if (typeof type !== 'boolean' && type !== 'date' && type !== 'timestamp')
      throw badValue(
        `${typeName(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
      );
  },
  apply: (_, operand) => (isDocument(operand) && operand['$type'] === 'timestamp' ? timestampNow() : new Date()),
};

let lastTick = 0;

/** The time in seconds, and a counter within the second. */
export function timestampNow(): Timestamp {
  lastTick += 1;
  return new Timestamp({ t: Math.floor(Date.now() / 1000), i: lastTick % 0xffff_ffff });
}

const bit: UpdateOperator = {
  creates: true,
  check: (operand) => {
    const valid = isDocument(operand) && Object.keys(operand).length > 0;
    if (!valid || !Object.entries(operand).every(([name, each]) => /^(and|or|xor)$/.test(name) && isWhole(each)))
      throw badValue('The $bit modifier takes {and, or, xor: int or long}');
  },
  apply: (value, operand, path) => {
    if (value !== undefined && !isWhole(value))
      throw badValue(`Cannot apply $bit to a value of non-integral type: '${path}' is of type ${typeName(value)}`);
    return Object.entries(operand as Document).reduce(
      (bits, [name, each]) => bitwise(name, bits, each as Numeric),
      (value ?? 0) as Numeric,
    );
  },
};

const isWhole = (value: unknown): boolean => ['int', 'long'].includes(typeName(value));

function bitwise(name: string, a: Numeric, b: Numeric): Numeric {
  const [x, y] = [a, b].map((each) => (each instanceof Long ? each : Long.fromNumber(toNumber(each)))) as [Long, Long];
  const result = name === 'and' ? x.and(y) : name === 'or' ? x.or(y) : x.xor(y);
  return a instanceof Long || b instanceof Long ? result : result.toNumber();
}

const MODIFIERS = ['$each', '$slice', '$sort', '$position'];

const push: UpdateOperator = {
  creates: true,
  check: (operand) => {
    if (!isDocument(operand) || !('$each' in operand)) return;
    const wrong = Object.keys(operand).find((name) => !MODIFIERS.includes(name));
    if (wrong) throw badValue(`Unrecognized clause in $push: ${wrong}`);
    if (!Array.isArray(operand['$each'])) throw badValue('The argument to $each in $push must be an array');
    for (const name of ['$slice', '$position'])
      if (name in operand && toInteger(operand[name]) === undefined)
        throw badValue(`The value for ${name} must be an integer value`);
    const sort: unknown = operand['$sort'];
    if (sort !== undefined && !isDocument(sort) && Math.abs(toInteger(sort) ?? 0) !== 1)
      throw badValue(
        'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields',
      );
  },
  apply: (value, operand, path) => {
    const items = arrayOf('$push', value, path) ?? [];
    const clauses: Document = isDocument(operand) && '$each' in operand ? operand : { $each: [operand] };
    const added = clone(clauses['$each'] as unknown[]);
    const at = toInteger(clauses['$position']) ?? items.length;
    const inserted = items.toSpliced(at, 0, ...added);
    const sorted = clauses['$sort'] === undefined ? inserted : sortItems(inserted, clauses['$sort']);
    return sliced(sorted, toInteger(clauses['$slice']));
  },
};

function sliced(items: unknown[], slice: number | undefined): unknown[] {
  if (slice === undefined) return items;
  return slice < 0 ? items.slice(slice) : items.slice(0, slice);
}

function arrayOf(name: string, value: unknown, path: string, error = badValue): unknown[] | undefined {
  if (value === undefined || Array.isArray(value)) return value as unknown[] | undefined;
  throw error(`Cannot apply ${name} to a non-array field: '${path}' is of type ${typeName(value)}`);
}

const addToSet: UpdateOperator = {
  creates: true,
  check: (operand) => {
    if (!isDocument(operand) || !('$each' in operand)) return;
    if (!Array.isArray(operand['$each'])) throw badValue('The argument to $each in $addToSet must be an array');
    if (Object.keys(operand).length > 1) throw badValue('$addToSet takes $each and nothing beside it');
  },
  apply: (value, operand, path) => {
    const items = arrayOf('$addToSet', value, path) ?? [];
    const keys = new Set(items.map(keyOf));
    const candidates = isDocument(operand) && '$each' in operand ? (operand['$each'] as unknown[]) : [operand];
    const added = candidates.filter((each) => !keys.has(keyOf(each)) && keys.add(keyOf(each)));
    return [...items, ...clone(added)];
  },
};

const pull: UpdateOperator = {
  creates: false,
  check: anything,
  apply: (value, operand, path) => {
    const gone = toPull(operand);
    return arrayOf('$pull', value, path)?.filter((item) => !gone(item));
  },
};

/** A document holds conditions on documents; anything else is a condition on values. */
function toPull(operand: unknown): (item: unknown) => boolean {
  if (isDocument(operand) && !isOperators(operand)) {
    const matches = compileFilter(operand);
    return (item) => isDocument(item) && matches(item);
  }
  const matches = compileFilter({ item: operand });
  // An item that is itself an array is compared as a whole, because its items are not pulled.
  return (item) => (Array.isArray(item) && !isOperators(operand) ? compare(item, operand) === 0 : matches({ item }));
}

const pullAll: UpdateOperator = {
  creates: false,
  check: (operand) => {
    if (!Array.isArray(operand)) throw badValue('$pullAll requires an array argument');
  },
  apply: (value, operand, path) => {
    const keys = new Set((operand as unknown[]).map(keyOf));
    return arrayOf('$pullAll', value, path)?.filter((item) => !keys.has(keyOf(item)));
  },
};

const pop: UpdateOperator = {
  creates: false,
  check: (operand) => {
    if (Math.abs(toInteger(operand) ?? 0) !== 1) throw failedToParse('$pop expects 1 or -1');
  },
  apply: (value, operand, path) => {
    const items = arrayOf('$pop', value, path, typeMismatch);
    return toInteger(operand) === 1 ? items?.slice(0, -1) : items?.slice(1);
  },
};

/** The operators that change a single value, so without `$rename` and `$setOnInsert`. */
export const UPDATE_OPERATORS: Readonly<Record<string, UpdateOperator>> = {
  $set: { creates: true, check: anything, apply: (_, operand) => clone(operand) },
  $unset: { creates: false, check: anything, apply: 'remove' },
  $inc: arithmetic('inc', (operand) => operand, add),
  // A missing field counts as zero in the type of the factor.
  $mul: arithmetic('mul', (operand) => multiply(operand, 0), multiply),
  $min: bound(-1),
  $max: bound(1),
  $currentDate: currentDate,
  $bit: bit,
  $push: push,
  $addToSet: addToSet,
  $pull: pull,
  $pullAll: pullAll,
  $pop: pop,
};
