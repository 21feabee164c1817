import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Document } from 'bson';
import type { Context } from '../commands/command';
import { runCommand } from '../commands/commands';
import { createCursors } from '../commands/cursors';
import { createDatabases } from '../storage/databases';
import { type Journal, openJournal } from '../storage/journal';
import { createRequestReader, encodeReply, type Request, WireError } from './wire';

/** How often cursors that are left and documents whose time is over are looked for, as in MongoDB, in milliseconds. */
const SWEEP_MS = 60_000;

/** An embedded server that runs. */
export interface MongoServer {
  readonly port: number;
  /** Ends all connections; what was written is on the disk then. */
  close(): Promise<void>;
}

/** Where a server listens and what it keeps. */
export interface MongoServerOptions {
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** What is stored is kept here; without a folder it is gone with the server. */
  folder?: string;
  /** Takes what a person should know. */
  say?(text: string): void;
  /** The folder takes no more; the server has ended its connections. */
  fail?(error: Error): void;
  /** How often what is over is deleted, in milliseconds. */
  sweepMs?: number;
}

/**
 * Serves MongoDB's wire protocol: as much of it as services under development use.
 *
 * @throws Error when the address cannot be listened on, or the folder cannot be used
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
  // A client that breaks off has nothing more to be told.
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

/** A reply, also one to a question, tells nobody of what is not written yet. */
function answer(socket: Socket, request: Request, context: Context, journal: Journal | undefined): void {
  const bytes = encode(request, runCommand(request.command, context));
  const reply = (): void => {
    if (!request.silent) socket.write(bytes);
  };
  if (!journal) reply();
  else if (wantsDisk(request.command)) void journal.sync().then(reply);
  else journal.whenWritten(reply);
}

/** `j: true` is for writes that a power failure must not take back. */
function wantsDisk({ writeConcern }: Document): boolean {
  return (writeConcern as Document | undefined)?.['j'] === true;
}

function encode(request: Request, reply: Document): Buffer {
  try {
    return encodeReply(request, reply);
  } catch (error) {
    const errmsg = `the reply is no document: ${(error as Error).message}`;
    return encodeReply(request, { ok: 0, code: 10_334, codeName: 'BSONObjectTooLarge', errmsg });
  }
}
