import type { Document } from 'bson';
import { collectionName, cursorId, databaseName, isSet, numberOf } from './arguments';
import type { Command, Context } from './command';
import { badValue, failedToParse, notSupported, typeMismatch } from '../errors';
import { keyOf } from '../query/order';
import { valuesAt } from '../query/paths';
import { compileProjection } from '../query/projection';
import { compilePipeline } from '../aggregate/pipeline';
import { compileFilter, type Variables } from '../query/match';
import { sortDocuments } from '../query/sort';

const find: Command = {
  takes: {
    find: 'any!',
    filter: 'document',
    sort: 'document',
    projection: 'document',
    hint: 'any',
    skip: 'whole',
    limit: 'whole',
    batchSize: 'whole',
    singleBatch: 'boolean',
    noCursorTimeout: 'boolean',
    allowDiskUse: 'boolean',
    allowPartialResults: 'boolean',
    let: 'document',
    collation: 'unsupported',
    tailable: 'unsupported',
    awaitData: 'unsupported',
    max: 'unsupported',
    min: 'unsupported',
    returnKey: 'unsupported',
    showRecordId: 'unsupported',
    oplogReplay: 'any',
  },
  run: (command, { databases, cursors }) => {
    const [database, name] = [databaseName(command), collectionName(command, 'find')];
    const { filter, sort, projection, skip, limit, batchSize, singleBatch, noCursorTimeout, hint } = command;
    const variables = (command['let'] ?? {}) as Variables;
    checkHint(hint, database, name, { databases, cursors });
    const query = (filter ?? {}) as Document;
    // An invalid query is refused even if the collection does not exist.
    compileFilter(query, variables);
    const show = compileProjection((projection ?? {}) as Document, query, variables);
    const found = databases.find(database, name)?.find(query, (sort ?? {}) as Document, variables);
    if (!found) sortDocuments([], (sort ?? {}) as Document);
    const end = numberOf(limit) === 0 ? undefined : numberOf(skip) + numberOf(limit);
    return cursors.open(`${database}.${name}`, (found ?? []).slice(numberOf(skip), end).map(show), {
      batchSize: (batchSize ?? undefined) === undefined ? undefined : numberOf(batchSize),
      single: isSet(singleBatch),
      immortal: isSet(noCursorTimeout),
    });
  },
};

/** A hint has no effect here, but an unknown one is an error. @throws MongoError 2 */
export function checkHint(hint: unknown, database: string, name: string, { databases }: Context): void {
  if (hint === undefined || hint === null) return;
  const indexes = databases.find(database, name)?.indexes() ?? [];
  const known = typeof hint === 'string' ? indexes.some((index) => index.name === hint) : keyed(indexes, hint);
  if (databases.find(database, name) && !known)
    throw badValue(
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
}

function keyed(indexes: { key: Document }[], hint: unknown): boolean {
  if (keyOf(hint) === keyOf({}) || Object.keys(hint as Document)[0] === '$natural') return true;
  return indexes.some(({ key }) => keyOf(key) === keyOf(hint));
}

const aggregate: Command = {
  takes: {
    aggregate: 'any!',
    pipeline: 'array!',
    cursor: 'document',
    allowDiskUse: 'boolean',
    bypassDocumentValidation: 'boolean',
    hint: 'any',
    let: 'document',
    explain: 'unsupported',
    collation: 'unsupported',
  },
  run: (command, context) => {
    if (command['aggregate'] === 1) throw notSupported('an aggregation over a whole database');
    const [database, name] = [databaseName(command), collectionName(command, 'aggregate')];
    const { pipeline, cursor } = command as { pipeline: unknown[]; cursor?: Document };
    if (!cursor) throw failedToParse("The 'cursor' option is required, except for aggregate with the explain argument");
    const batchSize: unknown = cursor['batchSize'];
    if (batchSize !== undefined && !(numberOf(batchSize) >= 0 && typeof batchSize !== 'string'))
      throw typeMismatch("BSON field 'cursor.batchSize' must be a number >= 0");
    checkHint(command['hint'], database, name, context);
    const results = runPipeline(pipeline, database, name, (command['let'] ?? {}) as Variables, context);
    return context.cursors.open(`${database}.${name}`, results, {
      batchSize: batchSize === undefined ? undefined : numberOf(batchSize),
    });
  },
};

function runPipeline(
  pipeline: unknown[],
  database: string,
  name: string,
  variables: Variables,
  { databases }: Context,
): Document[] {
  const read = (collection: string): Document[] => databases.find(database, collection)?.all() ?? [];
  const run = compilePipeline(pipeline, { variables, read });
  // A leading $match may use an index.
  const filter = (pipeline[0] as Document | undefined)?.['$match'] as Document | undefined;
  return run(filter ? (databases.find(database, name)?.find(filter, {}, variables) ?? []) : read(name));
}

const count: Command = {
  takes: {
    count: 'any!',
    query: 'document',
    limit: 'number',
    skip: 'whole',
    hint: 'any',
    fields: 'any',
    collation: 'unsupported',
  },
  run: (command, context) => {
    const [database, name] = [databaseName(command), collectionName(command, 'count')];
    checkHint(command['hint'], database, name, context);
    const total = context.databases.find(database, name)?.find((command['query'] ?? {}) as Document).length ?? 0;
    const left = Math.max(0, total - numberOf(command['skip']));
    const limit = Math.abs(numberOf(command['limit']));
    return { n: limit === 0 ? left : Math.min(left, limit) };
  },
};

const distinct: Command = {
  takes: { distinct: 'any!', key: 'string!', query: 'document', hint: 'any', collation: 'unsupported' },
  run: (command, context) => {
    const [database, name] = [databaseName(command), collectionName(command, 'distinct')];
    checkHint(command['hint'], database, name, context);
    const parts = (command['key'] as string).split('.');
    const found = context.databases.find(database, name)?.find((command['query'] ?? {}) as Document) ?? [];
    const values = found.flatMap((document) => valuesAt(document, parts).flat()).filter((value) => value !== undefined);
    return { values: [...new Map(values.map((value) => [keyOf(value), value])).values()] };
  },
};

const getMore: Command = {
  takes: { getMore: 'any!', collection: 'string!', batchSize: 'whole', term: 'any', lastKnownCommittedOpTime: 'any' },
  run: (command, { cursors }) => {
    const id = cursorId(command['getMore']);
    const batchSize = (command['batchSize'] ?? undefined) === undefined ? undefined : numberOf(command['batchSize']);
    return cursors.next(id, `${databaseName(command)}.${command['collection'] as string}`, batchSize);
  },
};

const killCursors: Command = {
  takes: { killCursors: 'any!', cursors: 'array!' },
  run: (command, { cursors }) => cursors.kill((command['cursors'] as unknown[]).map(cursorId)),
};

/** Commands that only read. */
export const readCommands: Readonly<Record<string, Command>> = {
  find,
  aggregate,
  count,
  distinct,
  getMore,
  killCursors,
};
