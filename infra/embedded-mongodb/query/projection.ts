import type { Document } from 'bson';
import { badValue, located, notSupported } from '../errors';
import { evaluate, isExpression } from '../aggregate/expressions';
import { compileFilter, isTrue, positionOf, type Variables } from './match';
import { toInteger } from './numbers';
import { clone, isDocument, isOperators } from './values';
import { fieldOf } from './paths';

type Action =
  | { kind: 'include' | 'exclude' | 'position' }
  | { kind: 'slice'; skip: number; limit: number }
  | { kind: 'elemMatch'; matches: (item: unknown) => boolean }
  | { kind: 'compute'; value: (document: Document) => unknown };

interface Node {
  action?: Action;
  fields: Map<string, Node>;
}

/** Projects a document. */
export type Project = (document: Document) => Document;

/**
 * Compiles a projection.
 *
 * @param filter the query of the documents, for the positional operator
 * @throws MongoError if it is invalid
 */
export function compileProjection(projection: Document, filter: Document = {}, variables: Variables = {}): Project {
  const entries = flatten(projection, '').map(([path, operand]): [string, Action] =>
    toAction(path, operand, variables),
  );
  if (entries.length === 0) return (document) => document;
  const inclusive = isInclusive(entries);
  const root: Node = { fields: new Map() };
  if (inclusive && !entries.some(([path]) => path === '_id')) entries.unshift(['_id', { kind: 'include' }]);
  for (const [path, action] of entries) grow(root, path, action);
  const positions = entries.filter(([, { kind }]) => kind === 'position').map(([path]) => path);
  return (document) => {
    const found = positions.reduce((each, path) => onlyFound(each, path, filter), document);
    return computed(root, found, inclusive ? include(root, found) : exclude(root, found));
  };
}

/** Turns nested documents into dotted paths. */
function flatten(projection: Document, prefix: string): [string, unknown][] {
  return Object.entries(projection).flatMap(([name, operand]: [string, unknown]) => {
    const path = `${prefix}${name}`;
    const nests = isDocument(operand) && !isOperators(operand) && Object.keys(operand).length > 0;
    return nests ? flatten(operand, `${path}.`) : [[path, operand] as [string, unknown]];
  });
}

function toAction(path: string, operand: unknown, variables: Variables): [string, Action] {
  if (typeof operand === 'boolean' || toInteger(operand) !== undefined || typeof operand === 'number') {
    if (path.endsWith('.$') && isTrue(operand)) return [path.slice(0, -2), { kind: 'position' }];
    return [path, { kind: isTrue(operand) ? 'include' : 'exclude' }];
  }
  if (!isOperators(operand)) return [path, { kind: 'compute', value: evaluate(operand, variables) }];
  const [[operator, argument]] = Object.entries(operand) as [[string, unknown]];
  if (operator === '$meta') throw notSupported('$meta');
  if (operator === '$slice' && isFindSlice(argument)) return [path, toSlice(argument)];
  if (operator === '$elemMatch') return [path, toElemMatch(operand)];
  if (!isExpression(operator)) throw located(31_325, `Unknown expression ${operator}`);
  return [path, { kind: 'compute', value: evaluate(operand, variables) }];
}

// With a path it is the expression with the same name.
const isFindSlice = (argument: unknown): boolean =>
  [argument].flat().every((each: unknown) => toInteger(each) !== undefined);

function toSlice(argument: unknown): Action {
  const [first = 0, second] = [argument].flat().map((each: unknown) => toInteger(each) ?? 0);
  if (second === undefined) return { kind: 'slice', skip: Math.min(first, 0), limit: Math.abs(first) };
  if (second <= 0) throw located(28_724, `the limit of $slice must be positive, not ${second}`);
  return { kind: 'slice', skip: first, limit: second };
}

function toElemMatch(operand: Document): Action {
  const matches = compileFilter({ item: operand });
  return { kind: 'elemMatch', matches: (item) => matches({ item: [item] }) };
}

const INCLUSIVE = new Set(['include', 'position', 'elemMatch', 'compute']);

function isInclusive(entries: [string, Action][]): boolean {
  const [mode] = entries.filter(([path, { kind }]) => path !== '_id' && kind !== 'slice').map(([, { kind }]) => kind);
  const inclusive = mode === undefined ? entries.every(([, { kind }]) => kind === 'include') : INCLUSIVE.has(mode);
  for (const [path, { kind }] of entries) {
    if (path === '_id') continue;
    if (inclusive && kind === 'exclude')
      throw located(31_254, `Cannot do exclusion on field ${path} in inclusion projection`);
    if (!inclusive && INCLUSIVE.has(kind))
      throw located(31_253, `Cannot do inclusion on field ${path} in exclusion projection`);
  }
  return inclusive;
}

function grow(root: Node, path: string, action: Action): void {
  let node = root;
  for (const part of path.split('.')) {
    if (part === '') throw located(15_998, `FieldPath field names may not be empty strings: '${path}'`);
    if (node.action) throw located(31_249, `Path collision at ${path}`);
    const next = node.fields.get(part) ?? { fields: new Map<string, Node>() };
    node.fields.set(part, next);
    node = next;
  }
  if (node.action || node.fields.size > 0) throw located(31_249, `Path collision at ${path}`);
  node.action = action;
}

function onlyFound(document: Document, path: string, filter: Document): Document {
  const items = fieldOf(document, path);
  const index = Array.isArray(items) ? positionOf(filter, path, items) : undefined;
  if (index === undefined) throw badValue("Executor error: positional operator '.$' couldn't find a matching element");
  return { ...document, [path]: [(items as unknown[])[index]] };
}

function include(node: Node, document: Document): Document {
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, value]: [string, unknown]) => {
      const next = node.fields.get(name);
      const kept = next ? shown(next, value, include) : undefined;
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}

function exclude(node: Node, document: Document): Document {
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, value]: [string, unknown]) => {
      const next = node.fields.get(name);
      const kept = next ? shown(next, value, exclude) : value;
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}

type Descend = (node: Node, document: Document) => Document;

/** The projected value of a field, or undefined. */
function shown(node: Node, value: unknown, descend: Descend): unknown {
  const { action } = node;
  if (action?.kind === 'include' || action?.kind === 'position') return value;
  if (action?.kind === 'exclude' || action?.kind === 'compute') return undefined;
  if (action?.kind === 'slice') return Array.isArray(value) ? slice(value, action) : value;
  if (action?.kind === 'elemMatch') return firstThat(value, action.matches);
  if (isDocument(value)) return descend(node, value);
  if (!Array.isArray(value)) return descend === exclude ? value : undefined;
  return value.map((item: unknown) => shown(node, item, descend)).filter((item) => item !== undefined);
}

function slice(items: unknown[], { skip, limit }: { skip: number; limit: number }): unknown[] {
  const from = skip < 0 ? Math.max(0, items.length + skip) : skip;
  return items.slice(from, from + limit);
}

function firstThat(value: unknown, matches: (item: unknown) => boolean): unknown {
  const found = Array.isArray(value) ? value.filter(matches).slice(0, 1) : [];
  return found.length > 0 ? found : undefined;
}

/** Adds the fields that are computed from the whole document. */
function computed(node: Node, document: Document, into: Document): Document {
  const result = node.fields.size > 0 && hasComputed(node) ? clone(into) : into;
  setComputed(node, document, result);
  return result;
}

const hasComputed = (node: Node): boolean =>
  node.action?.kind === 'compute' || [...node.fields.values()].some(hasComputed);

function setComputed(node: Node, document: Document, target: Document): void {
  for (const [name, next] of node.fields) {
    if (next.action?.kind === 'compute') {
      const value = next.action.value(document);
      if (value !== undefined) target[name] = value;
    } else if (hasComputed(next)) {
      if (!isDocument(target[name])) target[name] = {};
      setComputed(next, document, target[name] as Document);
    }
  }
}
