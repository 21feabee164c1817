import type { Document } from 'bson';
import { badValue, notSupported } from '../errors';
import { evaluate } from '../aggregate/expressions';
import { anyItem, LEAF_OPERATORS, not, type Test } from './match-operators';
import { valuesAt } from './paths';
import { equal } from './order';
import { compilePattern, patternOf } from './pattern';
import { isDocument, isOperators } from './values';

/** Tests whether a document matches a query. */
export type Matcher = (document: Document) => boolean;

/** The variables of `let`, which a query can refer to. */
export type Variables = Readonly<Record<string, unknown>>;

/** Operators of MongoDB that this server lacks. */
const REFUSED = new Set(
  '$where $text $near $nearSphere $geoWithin $geoIntersects $geoNear $within $jsonSchema $sampleRate'.split(' '),
);

/**
 * Compiles a query.
 *
 * @throws MongoError if it is invalid
 */
export function compileFilter(filter: Document, variables: Variables = {}): Matcher {
  const all = Object.entries(filter).map(([name, condition]) => compileField(name, condition, variables));
  return (document) => all.every((matches) => matches(document));
}

function compileField(name: string, condition: unknown, variables: Variables): Matcher {
  if (!name.startsWith('$')) return compilePath(name, condition, variables);
  if (REFUSED.has(name)) throw notSupported(name);
  if (name === '$comment') return () => true;
  if (name === '$expr') {
    const value = evaluate(condition, variables);
    return (document) => isTrue(value(document));
  }
  const combine = LOGICAL[name];
  if (!combine) throw badValue(`unknown top level operator: ${name}`);
  return combine(filtersOf(name, condition).map((filter) => compileFilter(filter, variables)));
}

const LOGICAL: Readonly<Record<string, (all: Matcher[]) => Matcher>> = {
  $and: (all) => (document) => all.every((matches) => matches(document)),
  $or: (all) => (document) => all.some((matches) => matches(document)),
  $nor: (all) => (document) => !all.some((matches) => matches(document)),
};

function filtersOf(name: string, condition: unknown): Document[] {
  if (!Array.isArray(condition) || condition.length === 0) throw badValue(`${name} must be a nonempty array`);
  if (!condition.every(isDocument)) throw badValue(`${name} entries need to be full objects`);
  return condition;
}

/** False for false, null, zero and missing values. */
export function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && !equal(value, 0);
}

function compilePath(path: string, condition: unknown, variables: Variables): Matcher {
  const parts = path.split('.');
  const test = compileCondition(condition, variables);
  return (document) => test(valuesAt(document, parts));
}

/** Compiles a condition on all values of a path. */
function compileCondition(condition: unknown, variables: Variables): Test {
  const pattern = patternOf(condition);
  if (pattern) return anyItem(compilePattern(pattern));
  if (!isOperators(condition)) return operator('$eq', condition, condition as Document, variables);
  const all = Object.entries(condition).map(([name, operand]) => operator(name, operand, condition, variables));
  return (values) => all.every((test) => test(values));
}

function operator(name: string, operand: unknown, whole: Document, variables: Variables): Test {
  if (REFUSED.has(name)) throw notSupported(name);
  if (name === '$not') return not(compileNot(operand, variables));
  if (name === '$elemMatch') return compileElemMatch(operand, variables);
  if (name === '$all') return compileAll(operand, variables);
  const compile = LEAF_OPERATORS[name];
  if (!compile) throw badValue(`unknown operator: ${name}`);
  return compile(operand, whole);
}

function compileNot(operand: unknown, variables: Variables): Test {
  if (!patternOf(operand) && !isOperators(operand)) throw badValue('$not needs a regex or a document with operators');
  return compileCondition(operand, variables);
}

function compileElemMatch(operand: unknown, variables: Variables): Test {
  if (!isDocument(operand)) throw badValue('$elemMatch needs an Object');
  const [first = ''] = Object.keys(operand);
  const onValues = first.startsWith('$') && !(first in LOGICAL) && first !== '$expr';
  const test = onValues ? compileCondition(operand, variables) : undefined;
  const matches = onValues ? undefined : compileFilter(operand, variables);
  // An item that is an array is tested as one value, or as a document with indexes as names.
  const fits = (item: unknown): boolean =>
    test ? test([item]) : (isDocument(item) || Array.isArray(item)) && (matches as Matcher)(item as Document);
  return (values) => values.some((value) => Array.isArray(value) && value.some(fits));
}

function compileAll(operand: unknown, variables: Variables): Test {
  if (!Array.isArray(operand)) throw badValue('$all needs an array');
  const all = operand.map((each: unknown) => {
    const elemMatch = isDocument(each) && Object.keys(each)[0] === '$elemMatch';
    if (isOperators(each) && !elemMatch) throw badValue('no $ expressions in $all');
    return compileCondition(each, variables);
  });
  return (values) => all.length > 0 && all.every((test) => test(values));
}

/**
 * Finds the item of an array that a query matched, which `$` refers to.
 *
 * @param path of the array
 * @returns undefined if no condition of the query is on the array
 */
export function positionOf(filter: Document, path: string, items: readonly unknown[]): number | undefined {
  const conditions = conditionsOn(filter, path);
  if (conditions.length === 0) return undefined;
  const finds = conditions.map((condition) => {
    const matches = compileFilter(condition);
    return (item: unknown): boolean => matches(nested(path.split('.'), [item]));
  });
  const byAll = items.findIndex((item) => finds.every((found) => found(item)));
  const last = finds.at(-1) as (item: unknown) => boolean;
  const index = byAll === -1 ? items.findIndex(last) : byAll;
  return index === -1 ? undefined : index;
}

function conditionsOn(filter: Document, path: string): Document[] {
  return Object.entries(filter).flatMap(([name, condition]) => {
    if (name === '$and' || name === '$or') return (condition as Document[]).flatMap((each) => conditionsOn(each, path));
    return name === path || name.startsWith(`${path}.`) ? [{ [name]: condition as unknown }] : [];
  });
}

function nested([first = '', ...rest]: string[], value: unknown): Document {
  return { [first]: rest.length === 0 ? value : nested(rest, value) };
}
