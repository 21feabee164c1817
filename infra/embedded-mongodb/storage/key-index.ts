import { type Document, EJSON } from 'bson';
import { MongoError } from '../errors';
import type { Matcher } from '../query/match';
import { keyOf } from '../query/order';
import { fieldOf, isIndex, resolve } from '../query/paths';
import { isDocument } from '../query/values';

/** The definition of an index, from createIndexes. */
export interface IndexSpec {
  name: string;
  key: Record<string, unknown>;
  unique: boolean;
  sparse?: boolean;
  partialFilterExpression?: Document;
  /** Documents expire this long after the date in the field. */
  expireAfterSeconds?: number;
}

/** An index over whole values: it enforces uniqueness and finds by equality. */
export interface KeyIndex {
  readonly spec: IndexSpec;
  add(document: Document): void;
  remove(document: Document): void;
  /** @throws MongoError 11000 if a document other than `except` has the same key */
  refuseDuplicate(document: Document, except: Document | undefined, namespace: string): void;
  /** The documents that a filter can match, or undefined if the index cannot help. */
  candidates(filter: Document): Document[] | undefined;
}

/**
 * @param covers true for documents that belong into the index
 * @param fields the leading fields of the key to use
 */
export function createKeyIndex(
  spec: IndexSpec,
  covers: Matcher = () => true,
  fields = Object.keys(spec.key),
): KeyIndex {
  // An index over several fields also finds by its leading fields.
  const shorter =
    fields.length > 1 ? createKeyIndex({ ...spec, unique: false }, covers, fields.slice(0, -1)) : undefined;
  const entries = new Map<string, Set<Document>>();
  const paths = fields.map((field) => field.split('.'));
  const holds = (document: Document): boolean =>
    covers(document) && (spec.sparse !== true || paths.some((path) => resolve(document, path) !== undefined));
  const keysOf = (document: Document): string[] => (holds(document) ? keysIn(document, paths) : []);
  return {
    spec,
    add: (document) => {
      for (const key of keysOf(document)) {
        const found = entries.get(key);
        if (found) found.add(document);
        else entries.set(key, new Set([document]));
      }
      shorter?.add(document);
    },
    remove: (document) => {
      for (const key of keysOf(document)) {
        const found = entries.get(key);
        found?.delete(document);
        if (found?.size === 0) entries.delete(key);
      }
      shorter?.remove(document);
    },
    refuseDuplicate: (document, except, namespace) => {
      // Even without uniqueness: this throws for a document that cannot be indexed.
      const keys = keysOf(document);
      if (!spec.unique) return;
      const taken = keys.some((key) => [...(entries.get(key) ?? [])].some((each) => each !== except));
      if (taken) throw duplicateKey(spec, fields, document, namespace);
    },
    candidates: (filter) => {
      if (spec.partialFilterExpression) return undefined;
      const choices = fields.map((field) => equalities(filter[field]));
      if (!choices.every((choice) => choice !== undefined)) return shorter?.candidates(filter);
      const keys = new Set(combinations(choices).map(serialize));
      return [...new Set([...keys].flatMap((key) => [...(entries.get(key) ?? [])]))];
    },
  };
}

interface Walk {
  value: unknown;
  rest: readonly string[];
}

/** The keys of a document: one per item of the array on the paths. @throws MongoError 171 */
function keysIn(document: Document, paths: readonly string[][]): string[] {
  return [...new Set(expand(paths.map((rest) => ({ value: document, rest }))).map(serialize))];
}

function expand(walks: Walk[]): unknown[][] {
  const ahead = walks.map(advance);
  const arrays = new Set(ahead.map(({ value }) => value).filter((value) => Array.isArray(value)));
  const [array, another] = [...arrays] as unknown[][];
  if (!array) return [ahead.map(({ value }) => value)];
  if (another) throw new MongoError(171, 'CannotIndexParallelArrays', 'cannot index parallel arrays');
  const items = array.length === 0 ? [undefined] : array;
  return items.flatMap((item) =>
    expand(ahead.map((walk) => (walk.value === array ? { value: hidden(item), rest: walk.rest } : walk))),
  );
}

/** Follows a path up to the first array. */
function advance({ value, rest: [part, ...rest] }: Walk): Walk {
  if (part === undefined) return { value, rest: [] };
  if (isDocument(value)) return advance({ value: fieldOf(value, part), rest });
  if (!Array.isArray(value)) return { value: undefined, rest: [] };
  if (isIndex(part) && Number(part) < value.length) return advance({ value: value[Number(part)], rest });
  return { value, rest: [part, ...rest] };
}

// An array in an array is a single value; the wrapper keeps it from being expanded.
const hidden = (item: unknown): unknown => (Array.isArray(item) ? new Whole(item) : item);

class Whole {
  readonly _bsontype = 'Whole';
  constructor(readonly items: unknown[]) {}
}

function duplicateKey(spec: IndexSpec, fields: string[], document: Document, namespace: string): MongoError {
  const keyValue = Object.fromEntries(fields.map((field) => [field, resolve(document, field.split('.')) ?? null]));
  const shown = fields.map((field) => `${field}: ${EJSON.stringify(keyValue[field])}`).join(', ');
  const message = `E11000 duplicate key error collection: ${namespace} index: ${spec.name} dup key: { ${shown} }`;
  return new MongoError(11_000, 'DuplicateKey', message, { keyPattern: spec.key, keyValue });
}

/** Equal values give equal texts; a missing field counts as null, as in MongoDB. */
function serialize(values: unknown[]): string {
  return values.map((value) => keyOf(value instanceof Whole ? value.items : (value ?? null))).join(',');
}

/** The values that a condition allows, if it is an equality or `$in` on plain values. */
function equalities(condition: unknown): unknown[] | undefined {
  if (isPlain(condition)) return [condition];
  if (!isDocument(condition)) return undefined;
  const { $in, $eq, ...others } = condition;
  if (Object.keys(others).length > 0) return undefined;
  if (Array.isArray($in) && $eq === undefined && $in.every(isPlain)) return $in as unknown[];
  return $in === undefined && isPlain($eq) ? [$eq] : undefined;
}

/** True for a value that equals only itself, so not for a pattern. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return true;
  if (value instanceof Date) return true;
  return typeof value === 'object' && value !== null && '_bsontype' in value && value._bsontype !== 'BSONRegExp';
}

function combinations(choices: unknown[][]): unknown[][] {
  return choices.reduce<unknown[][]>(
    (all, choice) => all.flatMap((head) => choice.map((value) => [...head, value])),
    [[]],
  );
}
