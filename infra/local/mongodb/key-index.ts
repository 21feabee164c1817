import { type Document, EJSON } from 'bson';
import { MongoError } from './errors';

/** What createIndexes says of an index. */
export interface IndexSpec {
  name: string;
  key: Record<string, number>;
  unique: boolean;
}

/** An index over whole values: it keeps unique what has to be, and finds by equality. */
export interface KeyIndex {
  readonly spec: IndexSpec;
  add(document: Document): void;
  remove(document: Document): void;
  /** @throws MongoError 11000 when another document than `except` has the same key */
  refuseDuplicate(document: Document, except: Document | undefined, namespace: string): void;
  /** The documents that a filter may match, or nothing when the index cannot tell. */
  candidates(filter: Document): Document[] | undefined;
}

/** @param fields of the key that count, the first ones of them */
export function createKeyIndex(spec: IndexSpec, fields = Object.keys(spec.key)): KeyIndex {
  // An index over several fields finds by the first of them as well.
  const shorter = fields.length > 1 ? createKeyIndex({ ...spec, unique: false }, fields.slice(0, -1)) : undefined;
  const entries = new Map<string, Set<Document>>();
  // Arrays have an entry for each item in MongoDB; here such an index only stops being used to find.
  let arrays = 0;
  const keyOf = (document: Document): string => serialize(fields.map((field) => valueAt(document, field)));
  const hasArray = (document: Document): boolean => fields.some((field) => Array.isArray(valueAt(document, field)));
  return {
    spec,
    add: (document) => {
      const key = keyOf(document);
      const found = entries.get(key);
      if (found) found.add(document);
      else entries.set(key, new Set([document]));
      if (hasArray(document)) arrays += 1;
      shorter?.add(document);
    },
    remove: (document) => {
      const key = keyOf(document);
      const found = entries.get(key);
      found?.delete(document);
      if (found?.size === 0) entries.delete(key);
      if (hasArray(document)) arrays -= 1;
      shorter?.remove(document);
    },
    refuseDuplicate: (document, except, namespace) => {
      if (!spec.unique) return;
      const others = [...(entries.get(keyOf(document)) ?? [])].filter((other) => other !== except);
      if (others.length > 0) throw duplicateKey(spec, fields, document, namespace);
    },
    candidates: (filter) => {
      const choices = fields.map((field) => equalities(filter[field]));
      if (arrays > 0 || !choices.every((choice) => choice !== undefined)) return shorter?.candidates(filter);
      const keys = combinations(choices).map(serialize);
      return [...new Set(keys)].flatMap((key) => [...(entries.get(key) ?? [])]);
    },
  };
}

function duplicateKey(spec: IndexSpec, fields: string[], document: Document, namespace: string): MongoError {
  const keyValue = Object.fromEntries(fields.map((field) => [field, valueAt(document, field) ?? null]));
  const shown = fields.map((field) => `${field}: ${EJSON.stringify(keyValue[field])}`).join(', ');
  const message = `E11000 duplicate key error collection: ${namespace} index: ${spec.name} dup key: { ${shown} }`;
  return new MongoError(11_000, 'DuplicateKey', message, { keyPattern: spec.key, keyValue });
}

/** A field by its dotted path; where an array stands in between, that array. */
function valueAt(document: Document, path: string): unknown {
  let value: unknown = document;
  for (const part of path.split('.')) {
    if (Array.isArray(value)) return value;
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Document)[part];
  }
  return value;
}

/** Equal values of BSON, and 1 and 1.0, have the same text; a missing field is null, as in MongoDB. */
function serialize(values: unknown[]): string {
  return EJSON.stringify(
    values.map((value) => value ?? null),
    { relaxed: true },
  );
}

/** The values that a condition allows, when it is an equality or `$in` on plain values. */
function equalities(condition: unknown): unknown[] | undefined {
  if (isPlain(condition)) return [condition];
  if (typeof condition !== 'object' || condition === null) return undefined;
  const { $in, $eq, ...others } = condition as Document;
  if (Object.keys(others).length > 0) return undefined;
  if (Array.isArray($in) && $eq === undefined && $in.every(isPlain)) return $in as unknown[];
  return $in === undefined && isPlain($eq) ? [$eq] : undefined;
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return true;
  return typeof value === 'object' && value !== null && '_bsontype' in value;
}

function combinations(choices: unknown[][]): unknown[][] {
  return choices.reduce<unknown[][]>(
    (all, choice) => all.flatMap((head) => choice.map((value) => [...head, value])),
    [[]],
  );
}
