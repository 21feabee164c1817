import type { Document } from 'bson';
import { checkArguments, collectionName, databaseName, numberOf, type Parameters } from './arguments';
import type { Command } from './command';
import { MongoError, notSupported } from '../errors';
import type { IndexSpec } from '../storage/key-index';
import { isNumeric, toNumber } from '../query/numbers';
import { keyOf } from '../query/order';
import { isDocument } from '../query/values';

const INDEX: Parameters = {
  key: 'document!',
  name: 'string!',
  unique: 'boolean',
  sparse: 'boolean',
  background: 'any',
  v: 'any',
  ns: 'any',
  hidden: 'unsupported',
  expireAfterSeconds: 'number',
  partialFilterExpression: 'document',
  collation: 'unsupported',
  weights: 'unsupported',
  default_language: 'unsupported',
  storageEngine: 'unsupported',
  wildcardProjection: 'unsupported',
  clustered: 'unsupported',
};

const createIndexes: Command = {
  takes: { createIndexes: 'any!', indexes: 'documents!', commitQuorum: 'any' },
  run: (command, { databases }) => {
    const [database, name] = [databaseName(command), collectionName(command, 'createIndexes')];
    const specs = (command['indexes'] as Document[]).map(toSpec);
    const collection = databases.open(database, name);
    const before = collection.indexes();
    for (const spec of specs) {
      refuseConflict(spec, collection.indexes());
      if (!collection.indexes().some((each) => each.name === spec.name)) databases.createIndex(database, name, spec);
    }
    return { numIndexesBefore: before.length, numIndexesAfter: collection.indexes().length };
  },
};

function toSpec(index: Document): IndexSpec {
  checkArguments('createIndexes.indexes', index, INDEX);
  const { key, name, unique, sparse, partialFilterExpression, expireAfterSeconds } = index;
  if (Object.keys(key as Document).length === 0) throw cannotCreate('Index keys cannot be an empty object');
  for (const [path, direction] of Object.entries(key as Document) as [string, unknown][]) checkKey(path, direction);
  return {
    key: key as Record<string, unknown>,
    name: name as string,
    unique: unique === true || (isNumeric(unique) && toNumber(unique) !== 0),
    ...(sparse ? { sparse: true } : {}),
    ...(isDocument(partialFilterExpression) ? { partialFilterExpression } : {}),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds: numberOf(expireAfterSeconds) }),
  };
}

function cannotCreate(message: string): MongoError {
  return new MongoError(67, 'CannotCreateIndex', message);
}

function checkKey(path: string, direction: unknown): void {
  if (path.includes('$**')) throw notSupported('a wildcard index');
  if (typeof direction === 'string' && direction !== 'hashed') throw notSupported(`a ${direction} index`);
  if (typeof direction !== 'string' && (!isNumeric(direction) || toNumber(direction) === 0))
    throw cannotCreate(`Values in the index key pattern must be numbers other than 0: ${path}`);
}

/** Refuses the same name for another index, and the same index under another name. @throws MongoError 85, 86 */
function refuseConflict(spec: IndexSpec, present: IndexSpec[]): void {
  const named = present.find(({ name }) => name === spec.name);
  if (named && !isSame(named, spec))
    throw new MongoError(
      86,
      'IndexKeySpecsConflict',
      `An existing index has the same name as the requested index, and is another one: ${spec.name}`,
    );
  const alike = present.find(({ key }) => keyOf(key) === keyOf(spec.key));
  if (alike && alike.name !== spec.name && alike.name !== '_id_')
    throw new MongoError(85, 'IndexOptionsConflict', `Index already exists with a different name: ${alike.name}`);
}

function isSame(a: IndexSpec, b: IndexSpec): boolean {
  return (
    keyOf({ ...a, name: '' }) === keyOf({ ...b, name: '' }) || (a.name === '_id_' && keyOf(a.key) === keyOf(b.key))
  );
}

const dropIndexes: Command = {
  takes: { dropIndexes: 'any!', index: 'any!' },
  run: (command, { databases }) => {
    const [database, name] = [databaseName(command), collectionName(command, 'dropIndexes')];
    const collection = databases.find(database, name);
    if (!collection) throw new MongoError(26, 'NamespaceNotFound', `ns not found ${database}.${name}`);
    const present = collection.indexes();
    for (const index of namesOf(command['index'], present)) databases.dropIndex(database, name, index);
    return { nIndexesWas: present.length };
  },
};

/** @throws MongoError 27 for an unknown index, 72 for the index on _id */
function namesOf(index: unknown, present: IndexSpec[]): string[] {
  if (index === '*') return present.slice(1).map(({ name }) => name);
  return [index].flat().map((each: unknown) => {
    const found = present.find(({ name, key }) => name === each || (isDocument(each) && keyOf(key) === keyOf(each)));
    if (!found) throw new MongoError(27, 'IndexNotFound', `index not found with name [${String(each)}]`);
    if (found.name === '_id_') throw new MongoError(72, 'InvalidOptions', 'cannot drop _id index');
    return found.name;
  });
}

const listIndexes: Command = {
  takes: { listIndexes: 'any!', cursor: 'document' },
  run: (command, { databases, cursors }) => {
    const [database, name] = [databaseName(command), collectionName(command, 'listIndexes')];
    const collection = databases.find(database, name);
    if (!collection) throw new MongoError(26, 'NamespaceNotFound', `ns does not exist: ${database}.${name}`);
    const rows = collection.indexes().map(({ name: index, key, unique, ...options }) => ({
      v: 2,
      key,
      name: index,
      // MongoDB does not report unique for _id.
      ...(unique && index !== '_id_' ? { unique } : {}),
      ...options,
    }));
    return cursors.open(`${database}.${name}`, rows);
  },
};

/** Commands on indexes. */
export const indexCommands: Readonly<Record<string, Command>> = { createIndexes, dropIndexes, listIndexes };
