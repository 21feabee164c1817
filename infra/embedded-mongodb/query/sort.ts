import type { Document } from 'bson';
import { located, notSupported } from '../errors';
import { isNumeric, toNumber } from './numbers';
import { compare } from './order';
import { keysAt } from './paths';

interface Key {
  parts: string[];
  direction: number;
}

/**
 * Sorts documents; the sort is stable.
 *
 * @throws MongoError 15974, 15975 for an invalid order
 */
export function sortDocuments<T extends Document>(documents: readonly T[], sort: Document): T[] {
  const keys = parseSort(sort);
  if (keys.length === 0) return [...documents];
  if (keys[0]?.parts[0] === '$natural') return keys[0].direction < 0 ? [...documents].reverse() : [...documents];
  const rows = documents.map((document) => ({ document, values: keys.map((key) => keyValue(document, key)) }));
  rows.sort((a, b) => compareRows(keys, a.values, b.values));
  return rows.map(({ document }) => document);
}

function parseSort(sort: Document): Key[] {
  return Object.entries(sort).map(([path, direction]: [string, unknown]) => {
    if (typeof direction === 'object' && direction !== null && '$meta' in direction) throw notSupported('$meta');
    if (!isNumeric(direction)) throw located(15_974, `Illegal key in $sort specification: ${path}`);
    const number = toNumber(direction);
    if (number !== 1 && number !== -1)
      throw located(15_975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    return { parts: path.split('.'), direction: number };
  });
}

/** The item of an array that sorts first in this direction. */
function keyValue(document: Document, { parts, direction }: Key): unknown {
  return keysAt(document, parts).reduce((best, each) => (compare(each, best) * direction < 0 ? each : best));
}

function compareRows(keys: Key[], a: unknown[], b: unknown[]): number {
  for (const [at, { direction }] of keys.entries()) {
    const order = compare(a[at], b[at]) * direction;
    if (order !== 0) return order;
  }
  return 0;
}

/** Sorts values, or documents by fields, for `$push`. */
export function sortItems(items: readonly unknown[], sort: unknown): unknown[] {
  if (isNumeric(sort)) return [...items].sort((a, b) => compare(a, b) * Math.sign(toNumber(sort)));
  const wrapped = items.map((item) => ({ item }));
  const inside = Object.fromEntries(Object.entries(sort as Document).map(([path, way]) => [`item.${path}`, way]));
  return sortDocuments(wrapped, inside).map(({ item }) => item);
}
