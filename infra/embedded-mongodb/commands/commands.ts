import type { Document } from 'bson';
import { checkArguments, checkGeneric, databaseName } from './arguments';
import type { Command, Context } from './command';
import { adminCommands } from './admin';
import { indexCommands } from './indexes';
import { readCommands } from './read';
import { sessionCommands } from './session';
import { writeCommands } from './write';
import { commandNotFound, MongoError } from '../errors';

const COMMANDS: Readonly<Record<string, Command>> = {
  ...sessionCommands,
  ...readCommands,
  ...writeCommands,
  ...indexCommands,
  ...adminCommands,
};

/** Runs a command: its first key is its name, `$db` is the database. Never throws: errors become replies. */
export function runCommand(command: Document, context: Context): Document {
  const [name = ''] = Object.keys(command);
  try {
    const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!found) throw commandNotFound(name);
    databaseName(command);
    checkGeneric(command);
    checkArguments(name, command, found.takes);
    return { ...found.run(command, context), ok: 1 };
  } catch (error) {
    // An unexpected error fails only this command, not the server.
    const { code, codeName, message, details } =
      error instanceof MongoError ? error : new MongoError(8, 'UnknownError', (error as Error).message);
    return { ok: 0, errmsg: message, code, codeName, ...details };
  }
}
