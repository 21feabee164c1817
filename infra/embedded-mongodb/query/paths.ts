import type { Document } from 'bson';
import { isDocument } from './values';

const INDEX = /^(?:0|[1-9]\d*)$/;

/** True if a part of a dotted path can be an array index. */
export const isIndex = (part: string): boolean => INDEX.test(part);

/** A field of a document, without inherited properties. */
export function fieldOf(document: Document, name: string): unknown {
  return Object.hasOwn(document, name) ? (document[name] as unknown) : undefined;
}

/**
 * The values of a dotted path in a query. It descends into each document of an array, but not into arrays in arrays,
 * by index and by name. A missing field gives undefined; an array without documents gives no value.
 */
export function valuesAt(value: unknown, parts: readonly string[], at = 0): unknown[] {
  const part = parts[at];
  if (part === undefined) return [value];
  if (isDocument(value)) return valuesAt(fieldOf(value, part), parts, at + 1);
  if (!Array.isArray(value)) return [undefined];
  const items = value.filter(isDocument).flatMap((item) => valuesAt(item, parts, at));
  const byIndex = isIndex(part) && Number(part) < value.length;
  return byIndex ? [...valuesAt(value[Number(part)], parts, at + 1), ...items] : items;
}

/** The keys of a dotted path in an index or a sort: one per item of an array. */
export function keysAt(value: unknown, parts: readonly string[]): unknown[] {
  const keys = valuesAt(value, parts).flatMap((each) => {
    if (!Array.isArray(each)) return [each ?? null];
    // An empty array sorts before null.
    return each.length === 0 ? [undefined] : (each as unknown[]);
  });
  return keys.length === 0 ? [null] : keys;
}

/** The value of `$a.b` in an expression: arrays on the way make an array. */
export function resolve(value: unknown, parts: readonly string[], at = 0): unknown {
  const part = parts[at];
  if (part === undefined) return value;
  if (isDocument(value)) return resolve(fieldOf(value, part), parts, at + 1);
  if (!Array.isArray(value)) return undefined;
  return value.map((item) => resolve(item, parts, at)).filter((item) => item !== undefined);
}
