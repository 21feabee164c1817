import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Failures } from './failures';

interface UnderWay {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers and logs requests that Node's parser cannot read. */
export interface ParserErrors {
  /** Watches the requests in flight on each connection. */
  watch(server: Server): void;
  /** For Fastify's option `clientErrorHandler`. */
  handle(error: Error & { code?: string }, socket: Socket): void;
}

/** @see https://nodejs.org/api/http.html#event-clienterror */
export function createParserErrors(failures: Failures, log: Logger): ParserErrors {
  const underWay = new WeakMap<Socket, UnderWay>();
  return {
    watch: (server) => {
      server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
        const mine = { request, response };
        underWay.set(request.socket, mine);
        response.once('close', () => {
          if (underWay.get(request.socket) === mine) underWay.delete(request.socket);
        });
      });
    },
    handle: ({ code }, socket) => {
      const { request, response } = underWay.get(socket) ?? {};
      if (code === 'ECONNRESET' || !socket.writable) socket.destroy();
      // The client must not take this for the answer to the complete request before it.
      else if (request?.complete) response?.once('close', () => socket.destroySoon());
      else if (response?.headersSent) socket.destroy();
      else socket.end(refuse(code, socket.bytesRead));
    },
  };

  function refuse(code: string | undefined, bytesIn: number): string {
    const { text, problem } = failures.rawAnswer(code);
    const { requestId, status } = problem;
    log.info({ requestId, status, fault: code, bytesIn }, 'request is not HTTP');
    return text;
  }
}
