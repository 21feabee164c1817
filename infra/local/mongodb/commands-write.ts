import type { Document } from 'bson';
import type { Command } from './command';
import { badValue, MongoError } from './errors';
import type { UpdateRequest } from './update';

interface WriteError {
  index: number;
  code: number;
  errmsg: string;
}

/** Does each of a batch; one that fails is reported, and ends the batch where the order counts. */
function doAll(items: Document[], ordered: boolean, work: (item: Document, index: number) => void): Document {
  const writeErrors: WriteError[] = [];
  for (const [index, item] of items.entries()) {
    try {
      work(item, index);
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.details });
      if (ordered) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

const insert: Command = ({ $db: database, insert: name, documents, ordered = true }, { databases }) => {
  const collection = databases.open(database as string, name as string);
  let n = 0;
  const errors = doAll(documents as Document[], ordered as boolean, (document) => {
    collection.insert(document);
    n += 1;
  });
  return { n, ...errors };
};

const update: Command = ({ $db: database, update: name, updates, ordered = true }, { databases }) => {
  const collection = databases.open(database as string, name as string);
  const upserted: { index: number; _id: unknown }[] = [];
  let n = 0;
  let nModified = 0;
  const errors = doAll(updates as Document[], ordered as boolean, (item, index) => {
    const { matched, modified, upsertedId } = collection.update(
      updateRequest(item['q'] as Document, item['u'] as Document, item),
    );
    n += matched + (upsertedId === undefined ? 0 : 1);
    nModified += modified;
    if (upsertedId !== undefined) upserted.push({ index, _id: upsertedId });
  });
  return { n, nModified, ...(upserted.length > 0 ? { upserted } : {}), ...errors };
};

function updateRequest(filter: Document, change: Document, options: Document): UpdateRequest {
  const { upsert = false, multi = false, sort, arrayFilters } = options;
  return {
    filter,
    update: change,
    upsert: upsert as boolean,
    multi: multi as boolean,
    ...(sort ? { sort: sort as Document } : {}),
    ...(arrayFilters ? { arrayFilters: arrayFilters as Document[] } : {}),
  };
}

const remove: Command = ({ $db: database, delete: name, deletes, ordered = true }, { databases }) => {
  const collection = databases.find(database as string, name as string);
  let n = 0;
  const errors = doAll(deletes as Document[], ordered as boolean, ({ q, limit }) => {
    n += collection?.delete(q as Document, { all: limit === 0 }).length ?? 0;
  });
  return { n, ...errors };
};

const findAndModify: Command = (command, { databases }) => {
  const { $db: database, findAndModify: name, query = {}, sort, remove: removes, new: after, update: change } = command;
  const collection = databases.open(database as string, name as string);
  if (removes) {
    const options = { all: false, ...(sort ? { sort: sort as Document } : {}) };
    const [gone] = collection.delete(query as Document, options);
    return { lastErrorObject: { n: gone ? 1 : 0 }, value: gone ?? null };
  }
  const outcome = collection.update(updateRequest(query as Document, change as Document, { ...command, multi: false }));
  const { matched, upsertedId } = outcome;
  const lastErrorObject = {
    n: matched + (upsertedId === undefined ? 0 : 1),
    updatedExisting: matched > 0,
    ...(upsertedId === undefined ? {} : { upserted: upsertedId }),
  };
  return { lastErrorObject, value: (after ? outcome.after : outcome.before) ?? null };
};

const createIndexes: Command = ({ $db: database, createIndexes: name, indexes }, { databases }) => {
  const collection = databases.open(database as string, name as string);
  const before = collection.indexes();
  (indexes as Document[]).forEach(refusePartial);
  for (const { key, name: index, unique = false } of indexes as Document[])
    if (!before.some((each) => each.name === index))
      collection.createIndex({ name: index as string, key: key as Record<string, number>, unique: unique as boolean });
  return { numIndexesBefore: before.length, numIndexesAfter: collection.indexes().length };
};

// Such an index would keep documents apart that it should not even see.
function refusePartial({ name, unique, sparse, partialFilterExpression }: Document): void {
  if (unique && (sparse || partialFilterExpression))
    throw badValue(`index ${name}: a unique index that is sparse or partial is not supported`);
}

const drop: Command = ({ $db: database, drop: name }, { databases }) => {
  if (!databases.drop(database as string, name as string))
    throw new MongoError(26, 'NamespaceNotFound', 'ns not found');
  return { ns: `${database}.${name}` };
};

const dropDatabase: Command = ({ $db: database }, { databases }) => {
  databases.dropDatabase(database as string);
  return { dropped: database as string };
};

export const writeCommands: Readonly<Record<string, Command>> = {
  insert,
  update,
  delete: remove,
  findAndModify,
  createIndexes,
  drop,
  dropDatabase,
};
