import { type ChannelOptions, Server, ServerCredentials } from '@grpc/grpc-js';
import type { BaseConfig } from '../runtime/config';
import { addHealth, createHealth, type Health } from './health';
import { createOpenStreams } from './open-streams';
import { addReflection } from './reflection';
import { addHandlers, type Served, type ServerOptions } from './server';
import type { ServiceSpec } from '../declaration';
import { StatusError } from '../errors/status-error';
import { prepareInTurn } from './preparation';
import { withLimit } from '../runtime/with-limit';

/** The port of a service and its health. */
export interface Listener {
  readonly health: Health;
  /** Listens. @returns the port @throws Error that names the address if it is not free */
  start(implementation: object): Promise<number>;
  /** Refuses new calls and waits for the running ones, at most DRAIN_TIMEOUT_MS. Then it ends the rest. */
  drain(): Promise<void>;
}

/** The server of a service with `http: true`, such as a Fastify instance. */
export interface HttpServer {
  listen(options: { host: string; port: number }): Promise<unknown>;
  close(): Promise<unknown>;
  addresses(): (string | { port: number })[];
}

/** Serves gRPC: the handlers, health and reflection. */
export function createGrpcListener(spec: ServiceSpec, config: BaseConfig, options: ServerOptions): Listener {
  const server = new Server(serverOptions(config));
  const streams = createOpenStreams(server);
  const contracts = spec.serves.map(({ contract }) => contract);
  const stopping = new AbortController();
  let calls: Served | undefined;
  const health = addHealth(
    streams,
    contracts.map(({ typeName }) => typeName),
  );
  return {
    health,
    start: async (handlers) => {
      calls = addHandlers(server, spec, handlers, options);
      addReflection(streams, contracts);
      const port = await bind(server, config.GRPC_ADDRESS, config.GRPC_PORT);
      prepareInTurn(calls.codecs, options.log, stopping.signal);
      return port;
    },
    drain: async () => {
      stopping.abort();
      const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      streams.end();
      // tryShutdown waits for ever if a stream stays open.
      await withLimit(finished, config.DRAIN_TIMEOUT_MS);
      calls?.endAll(new StatusError('UNAVAILABLE', 'server.draining', {}, { retryAfterMs: 0 }));
      await withLimit(finished, FAREWELL_MS);
      server.forceShutdown();
    },
  };
}

/** How long the last statuses may take to reach their callers, in milliseconds. */
const FAREWELL_MS = 200;

function serverOptions({ MAX_MESSAGE_BYTES, KEEPALIVE_MS }: BaseConfig): ChannelOptions {
  return {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    // Pings keep NATs from dropping an idle connection, and detect clients that are gone. They also close connections
    // whose client ignores GOAWAY, which Node leaves open.
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': Math.min(Math.max(KEEPALIVE_MS, 1_000), 20_000),
  };
}

function bind(server: Server, address: string, port: number): Promise<number> {
  const host = address.includes(':') ? `[${address.replace(/^\[|\]$/g, '')}]:${port}` : `${address}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(host, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(new Error(`cannot listen on ${host} (GRPC_ADDRESS, GRPC_PORT): ${error.message}`));
      else resolve(bound);
    });
  });
}

/** Serves HTTP with the service's own server, which answers health checks itself. */
export function createHttpListener({ HTTP_ADDRESS, HTTP_PORT, DRAIN_TIMEOUT_MS }: BaseConfig): Listener {
  let server: HttpServer | undefined;
  return {
    health: createHealth(),
    start: async (implementation) => {
      server = implementation as HttpServer;
      await server.listen({ host: HTTP_ADDRESS, port: HTTP_PORT }).catch((error: Error) => {
        throw new Error(`cannot listen on ${HTTP_ADDRESS}:${HTTP_PORT} (HTTP_ADDRESS, HTTP_PORT): ${error.message}`);
      });
      const [bound] = server.addresses();
      return typeof bound === 'object' ? bound.port : HTTP_PORT;
    },
    drain: () => withLimit(server?.close(), DRAIN_TIMEOUT_MS),
  };
}
