import { type Document, ObjectId } from 'bson';
import { badValue, failedToParse, MongoError } from '../errors';
import { runUpdatePipeline } from './update-pipeline';
import { type ArrayFilters, compileArrayFilters } from './array-filters';
import { positionOf } from '../query/match';
import { fieldOf, isIndex, resolve } from '../query/paths';
import { changeAt, removeAt } from './update-paths';
import { UPDATE_OPERATORS, type UpdateOperator } from './update-operators';
import { clone, identical, isDocument, isOperators } from '../query/values';

/** An update of the commands `update` and `findAndModify`. */
export interface UpdateRequest {
  filter: Document;
  update: Document | Document[];
  upsert: boolean;
  multi: boolean;
  sort?: Document;
  arrayFilters?: Document[];
  variables?: Readonly<Record<string, unknown>>;
}

/** Makes the new document from the old one. @param inserting true for an upsert without a match */
export type Change = (before: Document, inserting: boolean) => Document;

interface Step {
  path: string;
  parts: string[];
  operand: unknown;
  operator: UpdateOperator | '$rename' | '$setOnInsert';
}

/**
 * Compiles an update.
 *
 * @throws MongoError if it is invalid; also while applying, which then changes nothing
 */
export function compileUpdate(request: UpdateRequest): Change {
  const { update, multi } = request;
  if (Array.isArray(update))
    return (before) => withSameId(before, runUpdatePipeline(update, before, request.variables));
  const [first = '$'] = Object.keys(update);
  if (Object.keys(update).length > 0 && first.startsWith('$')) return compileOperators(update, request);
  const field = Object.keys(update).find((name) => name.startsWith('$'));
  if (field)
    throw new MongoError(52, 'DollarPrefixedFieldName', `The dollar ($) prefixed field '${field}' is not valid`);
  if (multi) throw failedToParse('multi update is not supported for replacement-style update');
  return (before) => withSameId(before, '_id' in before ? { _id: before['_id'] as unknown, ...update } : update);
}

function withSameId(before: Document, after: Document): Document {
  if (!('_id' in before)) return after;
  const { _id, ...rest } = { _id: before['_id'] as unknown, ...after };
  if (identical({ _id: before['_id'] as unknown }, { _id })) return { _id, ...rest };
  throw immutable();
}

function immutable(): MongoError {
  return new MongoError(66, 'ImmutableField', "the (immutable) field '_id' was found to have been altered");
}

function compileOperators(update: Document, { filter, arrayFilters = [] }: UpdateRequest): Change {
  const steps = Object.entries(update).flatMap(([name, fields]: [string, unknown]) => toSteps(name, fields));
  refuseConflicts(steps);
  const filters = compileArrayFilters(
    arrayFilters,
    steps.map(({ parts }) => parts),
  );
  // MongoDB adds new fields in the order of their names.
  steps.sort((a, b) => comparePaths(a.parts, b.parts));
  return (before, inserting) => {
    const after = clone(before);
    for (const step of steps) run(step, after, { before, filter, filters, inserting });
    if ('_id' in before && !('_id' in after)) throw immutable();
    return withSameId(before, after);
  };
}

function toSteps(name: string, fields: unknown): Step[] {
  const operator = name === '$rename' || name === '$setOnInsert' ? name : UPDATE_OPERATORS[name];
  if (!operator || !name.startsWith('$'))
    throw failedToParse(`Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update`);
  if (!isDocument(fields)) throw failedToParse(`Modifiers operate on fields but we found another type for ${name}`);
  return Object.entries(fields).map(([path, operand]: [string, unknown]) => {
    const parts = partsOf(path);
    if (typeof operator === 'object') operator.check(operand, path);
    if (operator === '$rename') checkRename(path, operand);
    return { path, parts, operand, operator };
  });
}

function partsOf(path: string): string[] {
  const parts = path.split('.');
  if (parts.includes(''))
    throw new MongoError(56, 'EmptyFieldName', `The update path '${path}' contains an empty field name`);
  const wrong = parts.find((part) => part.startsWith('$') && !/^\$(\[\w*\])?$/.test(part));
  if (wrong)
    throw new MongoError(
      52,
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${wrong}' in '${path}' is not allowed`,
    );
  if (parts.includes('__proto__')) throw badValue(`the name __proto__ in '${path}' is not supported`);
  if (parts[0]?.startsWith('$'))
    throw badValue(`Cannot have array filter identifier or position at the root of '${path}'`);
  return parts;
}

function checkRename(path: string, operand: unknown): void {
  if (typeof operand !== 'string') throw badValue(`The 'to' field for $rename must be a string: ${path}`);
  if (
    partsOf(operand)
      .concat(partsOf(path))
      .some((part) => part.startsWith('$'))
  )
    throw badValue(`The source and destination fields for $rename may not be dynamic: ${path}`);
}

function refuseConflicts(steps: Step[]): void {
  const paths = steps.flatMap(({ path, operator, operand }) =>
    operator === '$rename' ? [path, operand as string] : [path],
  );
  const seen = paths.map((path) => `${path}.`).sort();
  for (const [at, path] of seen.entries())
    if (seen[at + 1]?.startsWith(path)) {
      const shown = path.slice(0, -1);
      throw new MongoError(
        40,
        'ConflictingUpdateOperators',
        `Updating the path '${shown}' would create a conflict at '${shown}'`,
      );
    }
}

function comparePaths(a: string[], b: string[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  const [x = '', y = ''] = [a[at], b[at]];
  if (isIndex(x) && isIndex(y)) return Number(x) - Number(y);
  return x < y ? -1 : Number(x > y);
}

interface Situation {
  before: Document;
  filter: Document;
  filters: ArrayFilters;
  inserting: boolean;
}

function run(step: Step, document: Document, situation: Situation): void {
  const { operator, operand } = step;
  if (operator === '$setOnInsert') {
    if (situation.inserting) changeAt(document, step.parts, () => clone(operand));
    return;
  }
  if (operator === '$rename') {
    rename(document, step.parts, operand as string);
    return;
  }
  for (const parts of concrete(step.parts, document, situation)) {
    if (operator.apply === 'remove') removeAt(document, parts);
    else
      changeAt(
        document,
        parts,
        (value) => (operator.apply as (v: unknown, o: unknown, p: string) => unknown)(value, operand, parts.join('.')),
        operator.creates,
      );
  }
}

function rename(document: Document, from: string[], to: string): void {
  const value = from.reduce<unknown>((each, part) => (isDocument(each) ? fieldOf(each, part) : undefined), document);
  if (value === undefined) return;
  removeAt(document, from);
  changeAt(document, to.split('.'), () => value);
}

/** Expands `$`, `$[]` and `$[id]` in a path. */
function concrete(parts: string[], document: Document, situation: Situation): string[][] {
  const at = parts.findIndex((part) => part.startsWith('$'));
  if (at === -1) return [parts];
  const path = parts.slice(0, at);
  const items = resolveExactly(document, path);
  return indexesFor(parts[at] ?? '', path.join('.'), items, situation).flatMap((index) =>
    concrete([...path, String(index), ...parts.slice(at + 1)], document, situation),
  );
}

// The path has indexes by now, so arrays need no expansion.
function resolveExactly(document: unknown, path: string[]): unknown {
  return path.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return value[Number(part)] as unknown;
    return isDocument(value) ? resolve(value, [part]) : undefined;
  }, document);
}

function indexesFor(part: string, path: string, items: unknown, { before, filter, filters }: Situation): number[] {
  if (part === '$') {
    const found = resolveExactly(before, path.split('.'));
    const index = Array.isArray(found) ? positionOf(filter, path, found) : undefined;
    if (index === undefined) throw badValue('The positional operator did not find the match needed from the query.');
    return [index];
  }
  if (!Array.isArray(items))
    throw badValue(`The path '${path}' must exist in the document in order to apply array updates.`);
  const identifier = part.slice(2, -1);
  const matches = filters.get(identifier);
  return [...items.keys()].filter((index) => !matches || matches({ [identifier]: items[index] as unknown }));
}

/** The document of an upsert without a match: the filter's equalities, then the update. */
export function documentToUpsert(request: UpdateRequest, change: Change): Document {
  const { filter, update } = request;
  const seed = equalitiesOf(filter);
  const isReplacement = !Array.isArray(update) && !(Object.keys(update)[0] ?? '').startsWith('$');
  const from = isReplacement ? ('_id' in seed ? { _id: seed['_id'] as unknown } : {}) : seed;
  const { _id = new ObjectId(), ...rest } = change(from, true);
  return { _id: _id as unknown, ...rest };
}

function equalitiesOf(filter: Document, seed: Document = {}): Document {
  for (const [path, condition] of Object.entries(filter) as [string, unknown][]) {
    if (path === '$and' || (path === '$or' && (condition as Document[]).length === 1))
      for (const each of condition as Document[]) equalitiesOf(each, seed);
    if (path.startsWith('$')) continue;
    const value: unknown = isOperators(condition) ? condition['$eq'] : condition;
    if (value === undefined) continue;
    if (resolve(seed, path.split('.')) !== undefined)
      throw new MongoError(
        54,
        'NotSingleValueField',
        `cannot infer query fields to set, path '${path}' is matched twice`,
      );
    changeAt(seed, partsOf(path), () => clone(value));
  }
  return seed;
}

/** Returns the same document if an update changes nothing. */
export function isChange(before: Document, after: Document): boolean {
  return !identical(before, after);
}
