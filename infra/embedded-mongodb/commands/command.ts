import type { Document } from 'bson';
import type { Parameters } from './arguments';
import type { Cursors } from './cursors';
import type { Databases } from '../storage/databases';

/** The state that commands work on. */
export interface Context {
  databases: Databases;
  cursors: Cursors;
}

/** A command: its arguments and its reply. */
export interface Command {
  takes: Parameters;
  /** @param command with checked arguments @throws MongoError */
  run(command: Document, context: Context): Document;
}
