import type { Document } from 'bson';
import { collectionName, databaseName, isSet } from './arguments';
import type { Command } from './command';
import { MongoError } from '../errors';
import { compileFilter } from '../query/match';

const create: Command = {
  takes: {
    create: 'any!',
    capped: 'unsupported',
    timeseries: 'unsupported',
    clusteredIndex: 'unsupported',
    expireAfterSeconds: 'unsupported',
    changeStreamPreAndPostImages: 'unsupported',
    size: 'any',
    max: 'any',
    storageEngine: 'unsupported',
    validator: 'unsupported',
    validationLevel: 'any',
    validationAction: 'any',
    indexOptionDefaults: 'unsupported',
    viewOn: 'unsupported',
    pipeline: 'unsupported',
    collation: 'unsupported',
    encryptedFields: 'unsupported',
    idIndex: 'any',
    flags: 'any',
  },
  run: (command, { databases }) => {
    databases.open(databaseName(command), collectionName(command, 'create'));
    return {};
  },
};

const drop: Command = {
  takes: { drop: 'any!' },
  run: (command, { databases }) => {
    const [database, name] = [databaseName(command), collectionName(command, 'drop')];
    const indexes = databases.find(database, name)?.indexes().length;
    // Since MongoDB 7.0 dropping a missing collection is not an error.
    return databases.drop(database, name) ? { nIndexesWas: indexes, ns: `${database}.${name}` } : {};
  },
};

const dropDatabase: Command = {
  takes: { dropDatabase: 'any!' },
  run: (command, { databases }) => {
    databases.dropDatabase(databaseName(command));
    return { dropped: databaseName(command) };
  },
};

const renameCollection: Command = {
  takes: { renameCollection: 'string!', to: 'string!', dropTarget: 'boolean' },
  run: (command, { databases }) => {
    if (databaseName(command) !== 'admin')
      throw new MongoError(13, 'Unauthorized', 'renameCollection may only be run against the admin database.');
    const [from, to] = [command['renameCollection'], command['to']].map((each) => checkNamespace(each as string));
    databases.rename(from as string, to as string, isSet(command['dropTarget']));
    return {};
  },
};

function checkNamespace(namespace: string): string {
  const at = namespace.indexOf('.');
  const [$db, name] = [namespace.slice(0, Math.max(at, 0)), namespace.slice(at + 1)];
  return `${databaseName({ $db })}.${collectionName({ $db, name }, 'name')}`;
}

const listCollections: Command = {
  takes: {
    listCollections: 'any!',
    filter: 'document',
    nameOnly: 'boolean',
    authorizedCollections: 'boolean',
    cursor: 'document',
  },
  run: (command, { databases, cursors }) => {
    const database = databaseName(command);
    const rows = databases.collections(database).map((name): Document => {
      const idIndex = { v: 2, key: { _id: 1 }, name: '_id_' };
      const about = isSet(command['nameOnly']) ? {} : { options: {}, info: { readOnly: false }, idIndex };
      return { name, type: 'collection', ...about };
    });
    const matches = compileFilter((command['filter'] ?? {}) as Document);
    return cursors.open(`${database}.$cmd.listCollections`, rows.filter(matches));
  },
};

const listDatabases: Command = {
  takes: { listDatabases: 'any!', filter: 'document', nameOnly: 'boolean', authorizedDatabases: 'boolean' },
  run: (command, { databases }) => {
    const sizeOf = (name: string): number =>
      databases.collections(name).reduce((sum, each) => sum + (databases.find(name, each)?.bytes() ?? 0), 0);
    const rows = databases.names().map((name): Document => ({ name, sizeOnDisk: sizeOf(name), empty: false }));
    const found = rows.filter(compileFilter((command['filter'] ?? {}) as Document));
    if (isSet(command['nameOnly'])) return { databases: found.map(({ name }) => ({ name: name as string })) };
    return { databases: found, totalSize: found.reduce((sum, row) => sum + (row['sizeOnDisk'] as number), 0) };
  },
};

/** Commands on whole collections and databases. */
export const adminCommands: Readonly<Record<string, Command>> = {
  create,
  drop,
  dropDatabase,
  renameCollection,
  listCollections,
  listDatabases,
};
