import type { Document } from 'bson';
import { badValue, MongoError } from '../errors';
import { fieldOf, isIndex } from '../query/paths';
import { isDocument, typeName } from '../query/values';

/** MongoDB's limit for nulls to fill before an index. */
const MAX_FILL = 1_500_000;

/**
 * Changes the value at a path, in place.
 *
 * @param change gets undefined for a missing field; returning undefined means no change
 * @param creates true to create missing parents
 * @throws MongoError 28 if a value without fields is on the path
 */
export function changeAt(
  root: Document,
  parts: readonly string[],
  change: (value: unknown) => unknown,
  creates = true,
): void {
  const [first = '', ...rest] = parts;
  const value = childOf(root, first, creates);
  if (value === BLOCKED) return;
  if (rest.length === 0) {
    put(root, first, change(value));
    return;
  }
  if (isDocument(value) || Array.isArray(value)) {
    changeAt(value, rest, change, creates);
    return;
  }
  if (value !== undefined && creates) throw blocked(first, value, rest[0]);
  if (!creates) return;
  const made: Document = {};
  changeAt(made, rest, change, creates);
  if (Object.keys(made).length > 0) put(root, first, made);
}

const BLOCKED = Symbol('a name where only an index leads on');

function childOf(container: Document, name: string, creates: boolean): unknown {
  if (!Array.isArray(container)) return fieldOf(container, name);
  if (isIndex(name)) return (container as unknown[])[Number(name)];
  if (creates) throw blocked('', container, name);
  return BLOCKED;
}

function blocked(field: string, value: unknown, name: string | undefined): MongoError {
  const message = `Cannot create field '${name}' in element {${field}: ${typeName(value)}}`;
  return new MongoError(28, 'PathNotViable', message);
}

function put(container: Document, name: string, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(container)) {
    const index = Number(name);
    if (index - container.length > MAX_FILL) throw badValue(`can't backfill array to larger than ${MAX_FILL} elements`);
    while (container.length < index) container.push(null);
    container[index] = value;
    return;
  }
  container[name] = value;
}

/** Removes a field; an array item becomes null, so the others keep their indexes. */
export function removeAt(root: Document, [first = '', ...rest]: readonly string[]): void {
  const value = childOf(root, first, false);
  if (value === undefined || value === BLOCKED) return;
  if (rest.length > 0) {
    if (isDocument(value) || Array.isArray(value)) removeAt(value, rest);
  } else if (Array.isArray(root)) root[Number(first)] = null;
  else Reflect.deleteProperty(root, first);
}
