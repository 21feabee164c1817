import { setTimeout as sleep } from 'node:timers/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { BaseConfig } from './config';
import { addHealth, createHealth, type Health } from './health';
import { addReflection } from './reflection';
import { addHandlers } from './server';
import type { ServiceSpec } from './spec';

/** What a service answers on. */
export interface Listener {
  readonly health: Health;
  /** Listens. @returns the port @throws Error that names the address when it cannot be had */
  start(implementation: object, config: BaseConfig): Promise<number>;
  /** Takes nothing new and waits for what is under way, DRAIN_TIMEOUT_MS at most; what is left ends with the process. */
  drain(config: BaseConfig): Promise<void>;
}

/** What a service with `http: true` is: a Fastify instance fits. */
export interface HttpServer {
  listen(options: { host: string; port: number }): Promise<unknown>;
  close(): Promise<unknown>;
  addresses(): (string | { port: number })[];
}

/** gRPC: the handlers, health and reflection. */
export function createGrpcListener(spec: ServiceSpec, log: Logger): Listener {
  const server = new Server();
  const names = spec.serves.map(({ contract }) => contract.fullName);
  const health = addHealth(server, names);
  return {
    health,
    start: async (handlers, { GRPC_ADDRESS, GRPC_PORT }) => {
      addHandlers(server, spec, handlers, log);
      addReflection(server, names);
      return bind(server, GRPC_ADDRESS, GRPC_PORT);
    },
    drain: async ({ DRAIN_TIMEOUT_MS }) => {
      const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      // tryShutdown waits for ever on a stream that stays open.
      await withLimit(finished, DRAIN_TIMEOUT_MS);
      server.forceShutdown();
    },
  };
}

function bind(server: Server, address: string, port: number): Promise<number> {
  const host = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(host, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(new Error(`${host} cannot be listened on (GRPC_ADDRESS, GRPC_PORT): ${error.message}`));
      else resolve(bound);
    });
  });
}

/** HTTP: a server of the service's own, which answers health itself. */
export function createHttpListener(): Listener {
  let server: HttpServer | undefined;
  return {
    health: createHealth(),
    start: async (implementation, { HTTP_ADDRESS, HTTP_PORT }) => {
      server = implementation as HttpServer;
      await server.listen({ host: HTTP_ADDRESS, port: HTTP_PORT }).catch((error: Error) => {
        throw new Error(
          `${HTTP_ADDRESS}:${HTTP_PORT} cannot be listened on (HTTP_ADDRESS, HTTP_PORT): ${error.message}`,
        );
      });
      const [bound] = server.addresses();
      return typeof bound === 'object' ? bound.port : HTTP_PORT;
    },
    drain: ({ DRAIN_TIMEOUT_MS }) => withLimit(server?.close(), DRAIN_TIMEOUT_MS),
  };
}

async function withLimit(work: Promise<unknown> | undefined, ms: number): Promise<void> {
  const limit = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: limit.signal }).catch(() => undefined)]);
  limit.abort();
}
