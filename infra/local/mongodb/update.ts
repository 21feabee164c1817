import { BSON, type Document, ObjectId } from 'bson';
import { updateOne } from 'mingo';
import { badValue, MongoError } from './errors';

/** One update, as the commands `update` and `findAndModify` give it. */
export interface UpdateRequest {
  filter: Document;
  update: Document | Document[];
  upsert: boolean;
  multi: boolean;
  sort?: Document;
  arrayFilters?: Document[];
}

type Modifier = Parameters<typeof updateOne>[2];

/**
 * A document after an update; the same object when the update changes nothing.
 *
 * @throws MongoError when the update is not one, or would change _id
 */
export function applyUpdate(
  before: Document,
  { filter, update, arrayFilters }: Omit<UpdateRequest, 'upsert' | 'multi'>,
): Document {
  const after = isReplacement(update)
    ? { _id: before['_id'] as unknown, ...update }
    : modify(before, filter, withoutInsert(update), arrayFilters);
  if (same({ _id: before['_id'] as unknown }, { _id: after['_id'] as unknown }))
    return same(before, after) ? before : after;
  throw immutable("the (immutable) field '_id' was found to have been altered");
}

function immutable(message: string): MongoError {
  return new MongoError(66, 'ImmutableField', message);
}

/** The document that an upsert makes when nothing matches: the filter's equalities, then the update. */
export function documentToUpsert(filter: Document, update: Document | Document[], arrayFilters?: Document[]): Document {
  const seed = equalitiesOf(filter);
  if (isReplacement(update)) return withId({ ...('_id' in seed ? { _id: seed['_id'] as unknown } : {}), ...update });
  return withId(modify(seed, {}, withInsert(update), arrayFilters));
}

function withId(document: Document): Document {
  return '_id' in document ? document : { _id: new ObjectId(), ...document };
}

/** @throws MongoError for a mixture of fields and operators */
function isReplacement(update: Document | Document[]): update is Record<string, unknown> {
  if (Array.isArray(update)) return false;
  const names = Object.keys(update);
  const operators = names.filter((name) => name.startsWith('$'));
  if (operators.length > 0 && operators.length < names.length)
    throw new MongoError(9, 'FailedToParse', `Unknown modifier: ${names.find((name) => !name.startsWith('$'))}`);
  return operators.length === 0;
}

function modify(
  document: Document,
  condition: Document,
  update: Document | Document[],
  arrayFilters?: Document[],
): Document {
  const copy = [BSON.deserialize(BSON.serialize(document))];
  if (!Array.isArray(update) && Object.keys(update).length === 0) return document;
  try {
    updateOne(copy, condition, update as Modifier, { cloneMode: 'deep', ...(arrayFilters ? { arrayFilters } : {}) });
  } catch (error) {
    const { message } = error as Error;
    throw message.includes('immutable field') ? immutable(message) : badValue(message);
  }
  return copy[0] as Document;
}

function withoutInsert(update: Document | Document[]): Document | Document[] {
  if (Array.isArray(update)) return update;
  const { $setOnInsert: _, ...rest } = update;
  return rest;
}

function withInsert(update: Document | Document[]): Document | Document[] {
  if (Array.isArray(update) || !update['$setOnInsert']) return update;
  const { $setOnInsert, $set, ...rest } = update;
  return { ...rest, $set: { ...($set as Document), ...($setOnInsert as Document) } };
}

function equalitiesOf(filter: Document): Document {
  const seed: Document = {};
  for (const [path, condition] of Object.entries(filter)) {
    if (path === '$and') for (const each of condition as Document[]) Object.assign(seed, equalitiesOf(each));
    if (path.startsWith('$')) continue;
    const value: unknown = isOperators(condition) ? (condition as Document)['$eq'] : condition;
    if (value !== undefined) setPath(seed, path.split('.'), value);
  }
  return seed;
}

function isOperators(condition: unknown): boolean {
  return (
    typeof condition === 'object' && condition !== null && Object.keys(condition).some((key) => key.startsWith('$'))
  );
}

function setPath(target: Document, [first = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) target[first] = value;
  else setPath((target[first] ??= {}) as Document, rest, value);
}

function same(a: Document, b: Document): boolean {
  return Buffer.compare(BSON.serialize(a), BSON.serialize(b)) === 0;
}
