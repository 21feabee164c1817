import type { Collection, Db, Document, ObjectId } from 'mongodb';

/** Documents as tests see them: any field, any value. */
export interface Loose extends Document {
  _id?: string | number | number[] | ObjectId;
}

/** What a case works on: a collection of its own in a database of its own. */
export interface Stage {
  collection: Collection<Loose>;
  db: Db;
}

/** One thing that MongoDB does, and every server that stands in for it has to do as well. */
export interface Case {
  name: string;
  /** What is in the collection before. */
  given?: Loose[];
  act(stage: Stage): Promise<unknown>;
  /** What comes of it ... */
  gives?: unknown;
  /** ... or the code that it is refused with, and words of the message where clients read them. */
  refused?: { code: number; message?: string };
}

/** Documents with the _ids 1, 2, 3 and so on. */
export function docs(...all: Loose[]): Loose[] {
  return all.map((each, index) => ({ _id: index + 1, ...each }));
}

/** A query, and the _ids that it finds. */
export function finds(name: string, given: Loose[], filter: Document, ids: unknown[]): Case {
  const act = async ({ collection }: Stage): Promise<unknown> =>
    (await collection.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
  return { name, given, act, gives: ids };
}

/** A query that is refused. */
export function refusesQuery(name: string, filter: Document, code: number): Case {
  return { name, given: [{ _id: 1 }], act: (stage) => findAll(stage, filter), refused: { code } };
}

/** What a projection makes of one document. */
export function projects(name: string, given: Loose, projection: Document, gives: Document): Case {
  return { name, given: [given], act: (stage) => findAll(stage, {}, { projection }), gives: [gives] };
}

/** What an update makes of one document, by way of a filter that matches it. */
export function updates(
  name: string,
  given: Loose,
  update: Document | Document[],
  gives: Document,
  { filter = {}, ...options }: { filter?: Document; arrayFilters?: Document[]; upsert?: boolean } = {},
): Case {
  const act = async (stage: Stage): Promise<unknown> => {
    await stage.collection.updateOne(filter, update, options);
    return findOne(stage);
  };
  return { name, given: [given], act, gives };
}

/** An update that is refused, and leaves the document as it was. */
export function refusesUpdate(
  name: string,
  given: Loose,
  update: Document | Document[],
  code: number,
  { filter = {}, ...options }: { filter?: Document; arrayFilters?: Document[] } = {},
): Case {
  const act = async (stage: Stage): Promise<unknown> => {
    const refusal = stage.collection.updateOne(filter, update, options).catch((error: unknown) => error);
    const error = (await refusal) as { code?: number };
    return { code: error.code, document: await findOne(stage) };
  };
  return { name, given: [given], act, gives: { code, document: given } };
}

/** What an aggregation makes of the documents. */
export function aggregates(name: string, given: Loose[], pipeline: Document[], gives: Document[]): Case {
  return { name, given, act: ({ collection }) => collection.aggregate(pipeline).toArray(), gives };
}

/** A pipeline that is refused. */
export function refusesPipeline(name: string, pipeline: Document[], code: number): Case {
  const act = ({ collection }: Stage): Promise<unknown> => collection.aggregate(pipeline).toArray();
  return { name, given: [{ _id: 1, a: 1 }], act, refused: { code } };
}

/** A command, and what must at least be in its reply. */
export function refusesCommand(name: string, command: Document, code: number, message?: string): Case {
  const refused = { code, ...(message ? { message } : {}) };
  return { name, given: [{ _id: 1, a: 1 }], act: ({ db }) => db.command(command), refused };
}

export function findAll({ collection }: Stage, filter: Document = {}, options: Document = {}): Promise<Document[]> {
  return collection.find(filter, { sort: { _id: 1 }, ...options }).toArray();
}

/** The first document with its types as they are stored. */
async function findOne({ collection }: Stage): Promise<Document | null> {
  return collection.findOne({}, { promoteLongs: false });
}
