import type { Document } from 'bson';
import { Aggregator, ProcessingMode, Query } from 'mingo';
import type { Command, Context } from './command';
import { badValue } from './errors';

const find: Command = (command, { databases, cursors }) => {
  const {
    $db: database,
    find: name,
    filter = {},
    sort,
    skip = 0,
    limit = 0,
    projection = {},
    batchSize,
    singleBatch,
  } = command;
  const found = databases.find(database as string, name as string)?.find(filter as Document, sort as Document) ?? [];
  const end = limit === 0 ? undefined : (skip as number) + Math.abs(limit as number);
  const page = project(found.slice(skip as number, end), projection as Document);
  return cursors.open(`${database}.${name}`, page, batchSize as number, (singleBatch as boolean) || limit < 0);
};

function project(documents: Document[], projection: Document): Document[] {
  if (Object.keys(projection).length === 0) return documents;
  return new Query({}).find<Document>(documents, projection).all();
}

const aggregate: Command = (command, context) => {
  const { $db: database, aggregate: name, pipeline, cursor = {} } = command;
  if (typeof name !== 'string') throw badValue('aggregations over a whole database are not supported');
  const results = runPipeline(pipeline as Document[], database as string, name, context);
  return context.cursors.open(`${database}.${name}`, results, (cursor as Document)['batchSize'] as number);
};

function runPipeline(pipeline: Document[], database: string, name: string, { databases }: Context): Document[] {
  const all = (collection: string): Document[] => databases.find(database, collection)?.find({}) ?? [];
  // A leading $match may use an index, and leaves less to copy.
  const [first, ...rest] = pipeline;
  const filter = first?.['$match'] as Document | undefined;
  const input = filter ? (databases.find(database, name)?.find(filter) ?? []) : all(name);
  // Stages may write into their input, and that is what is stored.
  const options = { processingMode: ProcessingMode.CLONE_INPUT, collectionResolver: all };
  return new Aggregator(filter ? rest : pipeline, options).run<Document>(input);
}

const count: Command = ({ $db: database, count: name, query = {}, skip = 0, limit = 0 }, { databases }) => {
  const total = databases.find(database as string, name as string)?.find(query as Document).length ?? 0;
  const left = Math.max(0, total - (skip as number));
  return { n: limit === 0 ? left : Math.min(left, limit as number) };
};

const distinct: Command = ({ $db: database, distinct: name, key, query = {} }, context) => {
  const stages = [{ $match: query as Document }, { $unwind: `$${key}` }, { $group: { _id: `$${key}` } }];
  return {
    values: runPipeline(stages, database as string, name as string, context).map((row) => row['_id'] as unknown),
  };
};

const getMore: Command = ({ getMore: id, batchSize }, { cursors }) => cursors.next(Number(id), batchSize as number);

const killCursors: Command = ({ cursors: ids }, { cursors }) => cursors.kill((ids as unknown[]).map(Number));

const listCollections: Command = ({ $db: database }, { databases, cursors }) => {
  const rows = databases
    .collections(database as string)
    .map((name) => ({ name, type: 'collection', options: {}, info: {} }));
  return cursors.open(`${database}.$cmd.listCollections`, rows);
};

const listDatabases: Command = (_, { databases }) => ({
  databases: databases.names().map((name) => ({ name, sizeOnDisk: 0, empty: false })),
  totalSize: 0,
});

const listIndexes: Command = ({ $db: database, listIndexes: name }, { databases, cursors }) => {
  const indexes = databases.find(database as string, name as string)?.indexes() ?? [];
  const rows = indexes.map(({ name: index, key, unique }) => ({
    v: 2,
    key,
    name: index,
    ...(unique ? { unique } : {}),
  }));
  return cursors.open(`${database}.${name}`, rows);
};

export const readCommands: Readonly<Record<string, Command>> = {
  find,
  aggregate,
  count,
  distinct,
  getMore,
  killCursors,
  listCollections,
  listDatabases,
  listIndexes,
};
