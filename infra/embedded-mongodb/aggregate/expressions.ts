import { type Document, Double, Long } from 'bson';
import type { Options } from 'mingo/types';
import { Context, evalExpr, OpType } from 'mingo/core';
import * as accumulatorOperators from 'mingo/operators/accumulator';
import * as expressionOperators from 'mingo/operators/expression';
import { EXACT_OPERATORS, REFUSED_OPERATORS } from './expression-operators';
import { badValue, located, MongoError, notSupported } from '../errors';
import { resolve } from '../query/paths';
import { isDocument, mapFields } from '../query/values';

/** Calculates a value from a document; undefined means a missing field. */
export type Evaluate = (document: Document, variables?: Readonly<Record<string, unknown>>) => unknown;

// Operators on numbers and comparisons are exact; the rest are mingo's.
const CONTEXT = Context.init({
  [OpType.EXPRESSION]: { ...expressionOperators, ...EXACT_OPERATORS },
  [OpType.ACCUMULATOR]: pickAccumulators(),
} as never);

function pickAccumulators(): Record<string, unknown> {
  const { $mergeObjects, $stdDevPop, $stdDevSamp } = accumulatorOperators;
  return { $mergeObjects, $stdDevPop, $stdDevSamp };
}

/**
 * Compiles an expression.
 *
 * @param variables with the same value for every document, without their `$$`
 * @throws MongoError for an invalid expression; also during evaluation
 */
export function evaluate(expression: unknown, variables: Readonly<Record<string, unknown>> = {}): Evaluate {
  check(expression);
  return (document, more = {}) => calculate(expression, document, { ...variables, ...more });
}

function check(expression: unknown): void {
  if (Array.isArray(expression)) expression.forEach(check);
  if (typeof expression === 'string' && expression.startsWith('$')) checkPath(expression);
  if (!isDocument(expression)) return;
  const names = Object.keys(expression);
  const operator = names.find((name) => name.startsWith('$'));
  if (operator) checkOperator(operator, names);
  if (operator !== '$literal') Object.values(expression).forEach(check);
}

function checkOperator(name: string, names: string[]): void {
  if (names.length > 1)
    throw located(15_983, 'an expression specification must contain exactly one field, the name of the expression');
  if (REFUSED_OPERATORS.has(name)) throw notSupported(`the expression ${name}`);
  if (!isExpression(name)) throw new MongoError(168, 'InvalidPipelineOperator', `Unrecognized expression '${name}'`);
}

/** True for the name of an expression operator. */
export function isExpression(name: string): boolean {
  if (name === '$literal' || REFUSED_OPERATORS.has(name)) return true;
  const known = CONTEXT.getOperator(OpType.EXPRESSION, name) ?? CONTEXT.getOperator(OpType.ACCUMULATOR, name);
  // A plain object also has inherited names.
  return known !== null && name.startsWith('$');
}

function checkPath(path: string): void {
  if (path === '$' || /^\$\.|\.\.|\.$/.test(path)) throw located(40_353, `'${path}' is not a valid field path`);
}

function calculate(expression: unknown, document: Document, variables: Readonly<Record<string, unknown>>): unknown {
  if (typeof expression === 'string' && expression.startsWith('$')) return fromPath(expression, document, variables);
  if (Array.isArray(expression)) return expression.map((each) => calculate(each, document, variables) ?? null);
  if (!isDocument(expression)) return expression;
  const [operator = ''] = Object.keys(expression);
  if (operator === '$literal') return expression['$literal'];
  if (operator.startsWith('$')) return withMingo(expression, document, variables);
  const fields = Object.entries(expression).map(([name, each]) => [name, calculate(each, document, variables)]);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as Document;
}

/** Resolved here instead of by mingo, so that a value keeps its type. */
function fromPath(path: string, document: Document, variables: Readonly<Record<string, unknown>>): unknown {
  if (!path.startsWith('$$')) return resolve(document, path.slice(1).split('.'));
  const [name = '', ...rest] = path.slice(2).split('.');
  if (name === 'REMOVE') return undefined;
  if (name === 'NOW') return new Date();
  if (name === 'ROOT' || name === 'CURRENT') return resolve(document, rest);
  if (!Object.hasOwn(variables, name)) throw located(17_276, `Use of undefined variable: ${name}`);
  return resolve(variables[name], rest);
}

function withMingo(expression: unknown, document: Document, variables: Readonly<Record<string, unknown>>): unknown {
  const options = { context: CONTEXT, scriptEnabled: false, variables: mapFields(variables, promote) };
  try {
    return evalExpr(promote(document), promote(expression), options as unknown as Options);
  } catch (error) {
    // An error of mingo is a fault of the client's input.
    throw error instanceof MongoError ? error : badValue((error as Error).message);
  }
}

/** Converts numbers for mingo; numbers that do not fit stay wrapped for the exact operators. */
function promote(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(promote);
  if (value instanceof Double) return value.value;
  if (value instanceof Long && value._bsontype === 'Long') return safe(value);
  return isDocument(value) ? mapFields(value, promote) : value;
}

function safe(value: Long): Long | number {
  const number = value.toNumber();
  return Number.isSafeInteger(number) ? number : value;
}
