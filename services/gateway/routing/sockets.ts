import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Tracks the sockets that would keep a closing server waiting: those that browsers open in advance, which Node counts
 * as busy, and those that stay open after the last answer.
 *
 * @returns a function that closes each as soon as it is idle
 */
export function watchSockets(server: Server): () => void {
  const unused = new Set<Socket>();
  let closing = false;
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    unused.delete(socket);
    response.once('finish', () => {
      if (closing) socket.destroySoon();
    });
  });
  return () => {
    closing = true;
    for (const socket of unused) socket.destroy();
  };
}
