import { BSON, DBRef, type Document, Double, Int32 } from 'bson';

/**
 * Values as the server holds them: bson's, without promoted numbers, except that a JavaScript number is an int if it is
 * a 32-bit integer, else a double. A whole double is a `Double` and a long is a `Long`, so every value is written as it
 * was read.
 */
export function parseDocument(bytes: Uint8Array): Document {
  const options = { promoteValues: false, bsonRegExp: true, allowObjectSmallerThanBufferSize: true };
  return tidy(BSON.deserialize(bytes, options), 0) as Document;
}

/** MongoDB's limit; without one a client could exhaust the stack. */
const MAX_DEPTH = 200;

function tidy(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new Error(`a document is nested deeper than ${MAX_DEPTH} levels`);
  if (value instanceof Int32) return value.value;
  if (value instanceof Double) return toDouble(value.value);
  if (Array.isArray(value)) return value.map((item) => tidy(item, depth + 1));
  if (value instanceof DBRef) return tidy(value.toJSON(), depth);
  if (isDocument(value)) return mapFields(value, (field) => tidy(field, depth + 1));
  // The type "undefined" is deprecated, and JavaScript's undefined means a missing field.
  return value ?? null;
}

/** Replaces every value of a document; `__proto__` is an ordinary name. */
export function mapFields(document: Document, change: (value: unknown) => unknown): Document {
  return Object.fromEntries(Object.entries(document).map(([name, value]) => [name, change(value)]));
}

/** Wraps a double so that it is written as one. */
export function toDouble(value: number): number | Double {
  return isInt32(value) ? new Double(value) : value;
}

export function isInt32(value: number): boolean {
  return Number.isInteger(value) && value === (value | 0) && !Object.is(value, -0);
}

/** True for a document, false for an array or another BSON type. */
export function isDocument(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return (
    !('_bsontype' in value && typeof value._bsontype === 'string') &&
    !(value instanceof Date) &&
    !(value instanceof RegExp)
  );
}

/** True for a document whose first field is an operator. */
export function isOperators(value: unknown): value is Document {
  return isDocument(value) && (Object.keys(value)[0] ?? '').startsWith('$');
}

/** The names of BSON's types in `$type`, by number. */
export const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'double'],
  [2, 'string'],
  [3, 'object'],
  [4, 'array'],
  [5, 'binData'],
  [6, 'undefined'],
  [7, 'objectId'],
  [8, 'bool'],
  [9, 'date'],
  [10, 'null'],
  [11, 'regex'],
  [12, 'dbPointer'],
  [13, 'javascript'],
  [14, 'symbol'],
  [15, 'javascriptWithScope'],
  [16, 'int'],
  [17, 'timestamp'],
  [18, 'long'],
  [19, 'decimal'],
  [-1, 'minKey'],
  [127, 'maxKey'],
]);

const BSON_TYPES: Readonly<Record<string, number>> = {
  Double: 1,
  Binary: 5,
  ObjectId: 7,
  BSONRegExp: 11,
  Code: 13,
  BSONSymbol: 14,
  Timestamp: 17,
  Long: 18,
  Decimal128: 19,
  MinKey: -1,
  MaxKey: 127,
};

/** The number of a value's type. */
export function typeOf(value: unknown): number {
  if (typeof value === 'number') return isInt32(value) ? 16 : 1;
  if (typeof value === 'string') return 2;
  if (typeof value === 'boolean') return 8;
  if (value === null) return 10;
  if (value === undefined) return 6;
  if (Array.isArray(value)) return 4;
  if (value instanceof Date) return 9;
  if (value instanceof RegExp) return 11;
  return BSON_TYPES[(value as { _bsontype?: string })._bsontype ?? ''] ?? 3;
}

/** The name of a value's type, for messages. */
export function typeName(value: unknown): string {
  return value === undefined ? 'missing' : (TYPES.get(typeOf(value)) ?? 'object');
}

/** A deep copy of a value. */
export function clone<T>(value: T): T {
  if (Array.isArray(value)) return value.map(clone) as T;
  return isDocument(value) ? (mapFields(value, clone) as T) : value;
}

/** True if two documents are equal byte by byte, including types and the order of fields. */
export function identical(a: Document, b: Document): boolean {
  return Buffer.compare(BSON.serialize(a), BSON.serialize(b)) === 0;
}
