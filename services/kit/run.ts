import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import pino, { type Logger } from 'pino';
import { z } from 'zod';
import { type BytesClient, connect, type Connection } from './client';
import { BASE_CONFIG, type BaseConfig, type Environment, readConfig, STORE_CONFIG } from './config';
import type { Health } from './health';
import { createGrpcListener, createHttpListener, type HttpServer } from './listener';
import type { Clients, Handlers } from './rpc';
import type { DeclaredTypes, Serves, ServiceSpec } from './spec';
import type { Store } from './store';
import { targetOf } from './target';

/** What a service is made of. */
export interface Dependencies<T, Settings = unknown> {
  /** By the names in `calls`; they have the declared methods only. */
  readonly clients: Clients<T>;
  /** The same, for code that carries messages without reading them. */
  readonly bytesClients: Readonly<Record<string, BytesClient>>;
  /** The database, where the declaration asks for a store. */
  readonly mongo: T extends DeclaredTypes<unknown, unknown, 'mongodb'> ? Db : undefined;
  readonly settings: Settings;
  readonly health: Pick<Health, 'serving'>;
  readonly log: Logger;
}

/** What `create` makes: handlers, or an HTTP server. */
export type Implementation<T> =
  T extends DeclaredTypes<infer S, unknown, unknown> ? (Serves extends S ? HttpServer : Handlers<T>) : never;

/** Makes a service of what it depends on. */
export type Create<T, Settings> = (
  dependencies: Dependencies<T, Settings>,
) => Implementation<T> | Promise<Implementation<T>>;

/** What a service may say beside its declaration. */
export interface RunOptions<Settings> {
  /** Settings of its own, read from the environment and checked with all others. */
  settings?: z.ZodType<Settings>;
}

/** A service that runs. */
export interface RunningService {
  readonly port: number;
  /** Takes no more calls, finishes those under way, closes everything. */
  stop(): Promise<void>;
}

/**
 * Runs a service as a process: reads its settings, connects what it declared, serves, and on SIGTERM or
 * SIGINT drains and exits with 0. A second signal ends it at once. Settings that are wrong, or a port that
 * is taken, end it with 1 and a sentence.
 */
export function run<T extends ServiceSpec, Settings = unknown>(
  spec: T,
  create: Create<T, Settings>,
  options: RunOptions<Settings> = {},
): void {
  const stopping = new AbortController();
  const started = startService(spec, create, { ...options, environment: process.env, signal: stopping.signal });
  started.catch((error: Error) => {
    process.stderr.write(`${spec.name} cannot start: ${error.message}\n`);
    process.exit(stopping.signal.aborted ? 0 : 1);
  });
  void firstSignal().then(async () => {
    void firstSignal().then(() => process.exit(1));
    stopping.abort();
    await (await started).stop();
    process.exit(0);
  });
}

function firstSignal(): Promise<unknown> {
  return Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
}

/** Where {@link startService} takes its settings from, and what gives up starting. */
export interface StartOptions<Settings> extends RunOptions<Settings> {
  environment: Environment;
  signal: AbortSignal;
}

/**
 * Starts a service in this process.
 *
 * @throws Error that lists every wrong setting, or names the address that cannot be listened on
 */
export async function startService<T extends ServiceSpec, Settings>(
  spec: T,
  create: Create<T, Settings>,
  options: StartOptions<Settings>,
): Promise<RunningService> {
  const { config, mongoUri, settings } = readAll(spec, options);
  const log = pino({ base: { service: spec.name }, level: config.LOG_LEVEL, timestamp: pino.stdTimeFunctions.isoTime });
  const listener = spec.http ? createHttpListener() : createGrpcListener(spec, log);
  const store = mongoUri === undefined ? undefined : await openStore(mongoUri, spec, log, options.signal);
  const connections = connectAll(spec, config.POD_NAMESPACE, options.environment);
  const dependencies = {
    clients: mapValues(connections, (connection) => connection.client),
    // Made only for who asks: the gateway alone carries messages unread.
    get bytesClients() {
      return mapValues(connections, (connection) => connection.bytes);
    },
    mongo: store?.db,
    settings,
    health: listener.health,
    log,
  };
  const port = await listener.start(await create(dependencies as unknown as Dependencies<T, Settings>), config);
  listener.health.set(true);
  log.info({ port }, 'serving');
  const stop = async (): Promise<void> => {
    log.info('draining');
    listener.health.set(false);
    await sleep(config.DRAIN_DELAY_MS);
    await listener.drain(config);
    for (const connection of Object.values(connections)) connection.close();
    await store?.close();
    log.info('stopped');
  };
  return { port, stop };
}

interface AllConfig<Settings> {
  config: BaseConfig;
  mongoUri: string | undefined;
  settings: Settings;
}

/** All settings in one go, so that one message lists every fault. */
function readAll<Settings>(spec: ServiceSpec, options: StartOptions<Settings>): AllConfig<Settings> {
  const store = spec.store ? STORE_CONFIG : z.object({ MONGO_URI: z.undefined().catch(undefined) });
  const own: z.ZodType = options.settings ?? z.object({});
  const all = z.intersection(BASE_CONFIG.extend(store.shape), own);
  const config = readConfig(all, options.environment) as BaseConfig & { MONGO_URI?: string } & Settings;
  return { config, mongoUri: config.MONGO_URI, settings: config };
}

// Loaded only where it is needed: the driver is the largest part of a service that has one.
async function openStore(uri: string, spec: ServiceSpec, log: Logger, signal: AbortSignal): Promise<Store> {
  const { connectStore } = await import('./store');
  return connectStore(uri, spec.name, log, signal);
}

function connectAll(spec: ServiceSpec, namespace: string, environment: Environment): Record<string, Connection> {
  return mapValues(spec.calls, (call) => connect(call, targetOf(call.service.name, namespace, environment)));
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
