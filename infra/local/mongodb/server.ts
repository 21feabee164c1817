import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Document } from 'bson';
import type { Context } from './command';
import { runCommand } from './commands';
import { createCursors } from './cursors';
import { createDatabases } from './databases';
import { createRequestReader, encodeReply, type Request, WireError } from './wire';

/** An embedded server that runs. */
export interface MongoServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves MongoDB's wire protocol from memory: as much of it as services under development use.
 *
 * @param options.port 0 for any that is free
 * @throws Error when the address cannot be listened on
 */
export async function startMongoServer(options: { host: string; port: number }): Promise<MongoServer> {
  const context: Context = { databases: createDatabases(), cursors: createCursors() };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    serve(socket, context);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(socket: Socket, context: Context): void {
  const read = createRequestReader();
  socket.setNoDelay(true);
  // A client that breaks off has nothing more to be told.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    try {
      for (const request of read(chunk)) answer(socket, request, context);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      socket.destroy();
    }
  });
}

function answer(socket: Socket, request: Request, context: Context): void {
  const reply = runCommand(request.command, context);
  if (!request.silent) socket.write(encode(request, reply));
}

function encode(request: Request, reply: Document): Buffer {
  try {
    return encodeReply(request, reply);
  } catch (error) {
    const errmsg = `the reply is no document: ${(error as Error).message}`;
    return encodeReply(request, { ok: 0, code: 10_334, codeName: 'BSONObjectTooLarge', errmsg });
  }
}
