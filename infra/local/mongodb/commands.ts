import type { Document } from 'bson';
import type { Command, Context } from './command';
import { readCommands } from './commands-read';
import { sessionCommands } from './commands-session';
import { writeCommands } from './commands-write';
import { badValue, commandNotFound, MongoError } from './errors';

const COMMANDS: Readonly<Record<string, Command>> = { ...sessionCommands, ...readCommands, ...writeCommands };

/** Runs a command: its first key is its name, `$db` the database. Never throws: errors are replies. */
export function runCommand(command: Document, context: Context): Document {
  const [name = ''] = Object.keys(command);
  try {
    const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!run) throw commandNotFound(name);
    return { ...run(command, context), ok: 1 };
  } catch (error) {
    // What mingo refuses, it refuses because the client asked for it.
    const { code, codeName, message, details } =
      error instanceof MongoError ? error : badValue((error as Error).message);
    return { ok: 0, errmsg: message, code, codeName, ...details };
  }
}
