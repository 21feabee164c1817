import type { Document } from 'bson';
import type { Parameters } from './arguments';
import type { Cursors } from './cursors';
import type { Databases } from '../storage/databases';

/** What commands work on. */
export interface Context {
  databases: Databases;
  cursors: Cursors;
}

/** A command: what it takes, and what it answers. */
export interface Command {
  takes: Parameters;
  /** @param command whose arguments are of the types that it takes @throws MongoError */
  run(command: Document, context: Context): Document;
}
