import type { Document } from 'bson';
import { checkArguments, collectionName, databaseName, isSet, numberOf, type Parameters } from './arguments';
import type { Collection } from '../storage/collection';
import type { Command } from './command';
import { checkHint } from './read';
import { failedToParse, MongoError, typeMismatch } from '../errors';
import { compileProjection } from '../query/projection';
import type { UpdateRequest } from '../update/update';
import { isDocument, typeName } from '../query/values';
import type { Variables } from '../query/match';

interface WriteError {
  index: number;
  code: number;
  errmsg: string;
}

const MAX_BATCH = 100_000;

function batchOf(name: string, items: unknown): Document[] {
  const { length } = items as unknown[];
  if (length > 0 && length <= MAX_BATCH) return items as Document[];
  throw new MongoError(
    16,
    'InvalidLength',
    `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${length} operations in ${name}.`,
  );
}

/** Runs each item of a batch; a failure is reported, and ends an ordered batch. */
function doAll(items: Document[], ordered: unknown, work: (item: Document, index: number) => void): Document {
  const writeErrors: WriteError[] = [];
  for (const [index, item] of items.entries()) {
    try {
      work(item, index);
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.details });
      if (ordered !== false) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

const insert: Command = {
  takes: { insert: 'any!', documents: 'documents!', ordered: 'boolean', bypassDocumentValidation: 'boolean' },
  run: (command, { databases }) => {
    const [database, name] = [databaseName(command), collectionName(command, 'insert')];
    const documents = batchOf('insert', command['documents']);
    const collection = databases.open(database, name);
    let n = 0;
    const errors = doAll(documents, command['ordered'], (document) => {
      collection.insert(document);
      n += 1;
    });
    return { n, ...errors };
  },
};

const UPDATE: Parameters = {
  q: 'document!',
  u: 'any!',
  c: 'document',
  multi: 'boolean',
  upsert: 'boolean',
  arrayFilters: 'documents',
  hint: 'any',
  sort: 'document',
  collation: 'unsupported',
};

const update: Command = {
  takes: {
    update: 'any!',
    updates: 'documents!',
    ordered: 'boolean',
    bypassDocumentValidation: 'boolean',
    let: 'document',
  },
  run: (command, context) => {
    const [database, name] = [databaseName(command), collectionName(command, 'update')];
    const updates = batchOf('update', command['updates']);
    for (const each of updates) checkArguments('update.updates', each, UPDATE);
    for (const each of updates) checkHint(each['hint'], database, name, context);
    const collection = context.databases.open(database, name);
    const upserted: { index: number; _id: unknown }[] = [];
    let [n, nModified] = [0, 0];
    const errors = doAll(updates, command['ordered'], (item, index) => {
      const { matched, modified, upsertedId } = collection.update(
        updateRequest(item['q'] as Document, item['u'], { let: command['let'] as unknown, ...item }),
      );
      n += matched + (upsertedId === undefined ? 0 : 1);
      nModified += modified;
      if (upsertedId !== undefined) upserted.push({ index, _id: upsertedId });
    });
    return { n, nModified, ...(upserted.length > 0 ? { upserted } : {}), ...errors };
  },
};

/** @throws MongoError 9, 14 for an invalid update */
function updateRequest(filter: Document, change: unknown, options: Document): UpdateRequest {
  const { upsert, multi, sort, arrayFilters, let: variables, c } = options;
  if (!isDocument(change) && !(Array.isArray(change) && change.every(isDocument)))
    throw typeMismatch(`Update argument must be either an object or an array, not ${typeName(change)}`);
  if (isSet(multi) && sort) throw failedToParse('Cannot specify sort with multi=true');
  if (Array.isArray(change) && arrayFilters)
    throw failedToParse('arrayFilters may not be specified for pipeline-style updates');
  return {
    filter,
    update: change,
    upsert: isSet(upsert),
    multi: isSet(multi),
    ...(sort ? { sort: sort as Document } : {}),
    ...(arrayFilters ? { arrayFilters: arrayFilters as Document[] } : {}),
    variables: { ...(variables as Variables | undefined), ...(c as Variables | undefined) },
  };
}

const DELETE: Parameters = { q: 'document!', limit: 'number!', hint: 'any', collation: 'unsupported' };

const remove: Command = {
  takes: { delete: 'any!', deletes: 'documents!', ordered: 'boolean', let: 'document' },
  run: (command, context) => {
    const [database, name] = [databaseName(command), collectionName(command, 'delete')];
    const deletes = batchOf('delete', command['deletes']);
    for (const each of deletes) checkDelete(each);
    for (const each of deletes) checkHint(each['hint'], database, name, context);
    const collection = context.databases.find(database, name);
    let n = 0;
    const errors = doAll(deletes, command['ordered'], ({ q, limit }) => {
      const variables = (command['let'] ?? {}) as Variables;
      n += collection?.delete(q as Document, { all: numberOf(limit) === 0, variables }).length ?? 0;
    });
    return { n, ...errors };
  },
};

function checkDelete(each: Document): void {
  checkArguments('delete.deletes', each, DELETE);
  if (![0, 1].includes(numberOf(each['limit'])))
    throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${numberOf(each['limit'])}`);
}

const FIND_AND_MODIFY: Parameters = {
  query: 'document',
  sort: 'document',
  remove: 'boolean',
  update: 'any',
  new: 'boolean',
  upsert: 'boolean',
  fields: 'document',
  arrayFilters: 'documents',
  bypassDocumentValidation: 'boolean',
  hint: 'any',
  let: 'document',
  collation: 'unsupported',
};

/** @param key the name of the command, which has two spellings */
function findAndModify(key: 'findAndModify' | 'findandmodify'): Command {
  return {
    takes: { [key]: 'any!', ...FIND_AND_MODIFY },
    run: (command, context) => {
      const [database, name] = [databaseName(command), collectionName(command, key)];
      const removes = isSet(command['remove']);
      refuseContradictions(command, removes);
      checkHint(command['hint'], database, name, context);
      const query = (command['query'] ?? {}) as Document;
      const show = compileProjection((command['fields'] ?? {}) as Document, query);
      const { value, lastErrorObject } = removes
        ? removeOne(command, query, context.databases.find(database, name))
        : updateOne(command, query, context.databases.open(database, name));
      return { lastErrorObject, value: value ? show(value) : null };
    },
  };
}

function refuseContradictions({ update: change, new: after, upsert, arrayFilters }: Document, removes: boolean): void {
  if (!removes && change === undefined) throw failedToParse('Either an update or remove=true must be specified');
  if (!removes) return;
  if (change !== undefined) throw failedToParse('Cannot specify both an update and remove=true');
  if (isSet(upsert)) throw failedToParse('Cannot specify both upsert=true and remove=true');
  if (arrayFilters) throw failedToParse('Cannot specify arrayFilters and remove=true');
  if (isSet(after))
    throw failedToParse("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
}

interface Modified {
  lastErrorObject: Document;
  value: Document | undefined;
}

function removeOne({ sort, let: variables }: Document, query: Document, collection: Collection | undefined): Modified {
  const options = { all: false, sort: (sort ?? {}) as Document, variables: (variables ?? {}) as Variables };
  const [gone] = collection?.delete(query, options) ?? [];
  return { lastErrorObject: { n: gone ? 1 : 0 }, value: gone };
}

function updateOne(command: Document, query: Document, collection: Collection): Modified {
  const outcome = collection.update(updateRequest(query, command['update'], command));
  const { matched, upsertedId } = outcome;
  const upserted = upsertedId === undefined ? {} : { upserted: upsertedId };
  const lastErrorObject = { n: matched + Object.keys(upserted).length, updatedExisting: matched > 0, ...upserted };
  return { lastErrorObject, value: isSet(command['new']) ? outcome.after : outcome.before };
}

/** Commands that change documents. */
export const writeCommands: Readonly<Record<string, Command>> = {
  insert,
  update,
  delete: remove,
  findAndModify: findAndModify('findAndModify'),
  findandmodify: findAndModify('findandmodify'),
};
