import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Watches for the sockets that a server which closes would wait for in vain: those that a browser has opened ahead
 * of need, which Node counts as busy, and those that are kept open once the answers under way are sent.
 *
 * @returns a function that closes them, each as soon as may be
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
