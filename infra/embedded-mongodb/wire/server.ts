import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Document } from 'bson';
import type { Context } from '../commands/command';
import { runCommand } from '../commands/commands';
import { createCursors } from '../commands/cursors';
import { createDatabases } from '../storage/databases';
import { type Journal, openJournal } from '../storage/journal';
import { createRequestReader, encodeReply, type Request, WireError } from './wire';

/** The interval for deleting expired cursors and documents, as in MongoDB, in milliseconds. */
const SWEEP_MS = 60_000;

/** A running embedded server. */
export interface MongoServer {
  readonly port: number;
  /** Closes all connections and flushes to the disk. */
  close(): Promise<void>;
}

/** Options of a server. */
export interface MongoServerOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** Stores the data; without a folder it is lost when the server ends. */
  folder?: string;
  /** Prints a message for a person. */
  say?(text: string): void;
  /** Called when the folder cannot be written; the server has closed its connections. */
  fail?(error: Error): void;
  /** The interval for deleting expired cursors and documents, in milliseconds. */
  sweepMs?: number;
}

/**
 * Serves the part of MongoDB's wire protocol that services under development use.
 *
 * @throws Error if the address or the folder cannot be used
 */
export async function startMongoServer(options: MongoServerOptions): Promise<MongoServer> {
  const sockets = new Set<Socket>();
  const { context, journal } = openStore(options, () => sockets.forEach((socket) => socket.destroy()));
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    serve(socket, context, journal);
  });
  try {
    await listen(server, options);
  } catch (error) {
    journal?.close();
    throw error;
  }
  const sweeps = setInterval(() => sweep(context), options.sweepMs ?? SWEEP_MS).unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      clearInterval(sweeps);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      journal?.close();
    },
  };
}

function openStore(
  { folder, say = () => undefined, fail }: MongoServerOptions,
  disconnect: () => void,
): { context: Context; journal: Journal | undefined } {
  const databases = createDatabases((effect) => journal?.record(effect));
  const failed = (error: Error): void => {
    disconnect();
    if (fail) fail(error);
    else say(error.message);
  };
  const journal: Journal | undefined =
    folder === undefined ? undefined : openJournal({ folder, databases, say, fail: failed });
  return { context: { databases, cursors: createCursors() }, journal };
}

function listen(server: Server, { host, port }: MongoServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
}

function sweep({ databases, cursors }: Context): void {
  cursors.expire();
  databases.expire(Date.now());
}

function serve(socket: Socket, context: Context, journal: Journal | undefined): void {
  const read = createRequestReader();
  socket.setNoDelay(true);
  // A client that disconnects needs no answer.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    try {
      for (const request of read(chunk)) answer(socket, request, context, journal);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      socket.destroy();
    }
  });
}

/** Sends a reply only after all changes before it are written, even for a read. */
function answer(socket: Socket, request: Request, context: Context, journal: Journal | undefined): void {
  const bytes = encode(request, runCommand(request.command, context));
  const reply = (): void => {
    if (!request.silent) socket.write(bytes);
  };
  if (!journal) reply();
  else if (wantsDisk(request.command)) void journal.sync().then(reply);
  else journal.whenWritten(reply);
}

/** `j: true` asks for a flush before the reply. */
function wantsDisk({ writeConcern }: Document): boolean {
  return (writeConcern as Document | undefined)?.['j'] === true;
}

function encode(request: Request, reply: Document): Buffer {
  try {
    return encodeReply(request, reply);
  } catch (error) {
    const errmsg = `the reply cannot be encoded: ${(error as Error).message}`;
    return encodeReply(request, { ok: 0, code: 10_334, codeName: 'BSONObjectTooLarge', errmsg });
  }
}
