import type { Document } from 'bson';
import type { Cursors } from './cursors';
import type { Databases } from './databases';

/** What commands work on. */
export interface Context {
  databases: Databases;
  cursors: Cursors;
}

/** Answers one command. @throws MongoError */
export type Command = (command: Document, context: Context) => Document;
