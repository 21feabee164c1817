import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import * as z from 'zod';
import { createCallLog } from '../logging/call-log';
import type { ConnectOptions } from '../client/channel';
import { BASE_CONFIG, type BaseConfig, readConfig, targetsConfig } from './config';
import { connectAll, type Connections } from '../client/connections';
import type { Health } from '../server/health';
import { createGrpcListener, createHttpListener, type HttpServer, type Listener } from '../server/listener';
import { createLog } from '../logging/log';
import { createLocalize, type Messages } from '../errors/messages';
import { describeError } from './describe-error';
import { createReadiness, type Readiness } from '../server/readiness';
import type { ClientInterceptor, ServerInterceptor } from '../protocol/interceptor';
import type { Clients, Handlers } from '../protocol/rpc';
import { refuseFaults } from '../faults/format-faults';
import { collectFaults, type DeclaredTypes, type Serves, type ServiceSpec } from '../declaration';
import type { connectStore, Database, Store } from '../mongo/store';
import { STORE_CONFIG, type StoreAddress } from '../mongo/store-address';
import { retryStoreFailures } from '../mongo/store-retry';
import { storeStatus } from '../mongo/store-status';
import type { Environment } from '../client/target';
import { durationBoundsOf } from '../telemetry/duration-bounds';
import { flushTelemetry } from '../telemetry/flush';

/** What `create` gets to build a service from. */
export interface Dependencies<T, Settings = unknown> {
  /** By the names in `calls`. They have only the declared methods. */
  readonly clients: Clients<T>;
  /** The database, if the declaration has a store. Ask it for a collection at each use. */
  readonly mongo: T extends DeclaredTypes<unknown, unknown, 'mongodb'> ? Database : undefined;
  readonly settings: Settings;
  readonly health: Pick<Health, 'serving'>;
  readonly log: Logger;
}

/** What `create` returns: handlers, or an HTTP server. */
export type Implementation<T> =
  T extends DeclaredTypes<infer S, unknown, unknown> ? (Serves extends S ? HttpServer : Handlers<T>) : never;

/** Builds a service from its dependencies. It runs again if the store fails in the middle of it. */
export type Create<T, Settings> = (
  dependencies: Dependencies<T, Settings>,
) => Implementation<T> | Promise<Implementation<T>>;

/** Options of a service beyond its declaration. */
export interface RunOptions<Settings> {
  /** Its own settings, read from the environment and checked with all others. */
  settings?: z.ZodType<Settings>;
  /** Texts for people, by the reasons of its errors. */
  messages?: Messages;
  /** Wrap the calls that it answers. The first is outermost. */
  interceptors?: readonly ServerInterceptor[];
  /** Wrap the calls that it makes with its `clients`. The first is outermost. */
  clientInterceptors?: readonly ClientInterceptor[];
}

/** A running service. */
export interface RunningService {
  readonly port: number;
  /** Refuses new calls, finishes the running ones, and closes everything. */
  stop(): Promise<void>;
}

/**
 * Runs a service as a process: reads its settings, connects to its callees and its store, and serves. On SIGTERM or
 * SIGINT it drains and exits with 0; a second signal ends it at once. Errors in the declaration or the settings, or a
 * port that is in use, end it with 1 and a message.
 */
export function run<T extends ServiceSpec, Settings = unknown>(
  spec: T,
  create: Create<T, Settings>,
  options: RunOptions<Settings> = {},
): void {
  const stopping = new AbortController();
  const starting = startService(spec, create, { ...options, environment: process.env, signal: stopping.signal });
  const running = starting.catch((error: unknown) => {
    if (stopping.signal.aborted) process.exit(0);
    process.stderr.write(`${spec.name} cannot start: ${describeError(error)}\n`);
    process.exit(1);
  });
  let service: RunningService | undefined;
  void running.then((started) => (service = started));
  void firstSignal().then(async () => {
    void firstSignal().then(() => process.exit(1));
    stopping.abort();
    // Undefined if it has not started yet.
    await service?.stop().catch((error: unknown) => {
      process.stderr.write(`${spec.name} failed to shut down cleanly: ${describeError(error)}\n`);
      process.exit(1);
    });
    process.exit(0);
  });
}

function firstSignal(): Promise<unknown> {
  return Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
}

/** Options of {@link startService}. */
export interface StartOptions<Settings> extends RunOptions<Settings> {
  environment: Environment;
  /** Aborts the start. */
  signal: AbortSignal;
}

/**
 * Starts a service in this process.
 *
 * @throws Error that lists all faults of the declaration, or all wrong settings, or names the address that is not free
 */
export async function startService<T extends ServiceSpec, Settings>(
  spec: T,
  create: Create<T, Settings>,
  options: StartOptions<Settings>,
): Promise<RunningService> {
  refuseFaults('the declarations have faults:', collectFaults(spec));
  refuseUnusedInterceptors(spec, options);
  const { config, mongo, settings } = readAll(spec, options);
  const log = await createLog(spec.name, config.LOG_LEVEL);
  const listener = createListener(spec, config, log, options);
  const readiness = createReadiness(listener.health, { running: false, store: true });
  const changed = (available: boolean): void => readiness.set('store', available);
  const connections = connectAll(
    spec,
    config.POD_NAMESPACE,
    options.environment,
    connectOptions(spec, config, options),
  );
  const { signal } = options;
  const storeOptions = { service: spec.name, log, signal, graceMs: config.STORE_GRACE_MS, changed };
  const store = mongo && (await openStore(mongo, storeOptions));
  const parts: Parts = { config, log, listener, readiness, store, connections };
  try {
    const implementation = await retryStoreFailures(() => create(dependenciesOf(parts, settings)), { log, signal });
    const port = await listener.start(implementation);
    readiness.set('running', true);
    log.info({ port }, 'serving');
    return { port, stop: () => stop(parts) };
  } catch (error) {
    await close(parts);
    throw error;
  }
}

/** The parts of a running service. */
interface Parts {
  config: BaseConfig;
  log: Logger;
  listener: Listener;
  readiness: Readiness<'running' | 'store'>;
  store: Store | undefined;
  connections: Connections;
}

function dependenciesOf<T, Settings>({ connections, store, listener, log }: Parts, settings: Settings) {
  const dependencies = {
    clients: connections.clients,
    mongo: store?.db,
    settings,
    health: listener.health,
    log,
  };
  return dependencies as unknown as Dependencies<T, Settings>;
}

/** How long the last spans and metrics may take to be sent, in milliseconds. */
const FLUSH_MS = 2_000;

/** NOT_SERVING comes first, so that callers go elsewhere while calls are still answered. */
async function stop(parts: Parts): Promise<void> {
  const { config, log, listener, readiness } = parts;
  log.info('draining');
  readiness.set('running', false);
  await sleep(config.DRAIN_DELAY_MS);
  try {
    await listener.drain();
  } finally {
    await close(parts);
    await flushTelemetry(FLUSH_MS);
  }
  log.info('stopped');
}

async function close({ connections, store }: Parts): Promise<void> {
  connections.close();
  await store?.close();
}

interface AllConfig<Settings> {
  config: BaseConfig;
  mongo: StoreAddress | undefined;
  settings: Settings;
}

/** Reads all settings at once, so that one message lists every fault. */
function readAll<Settings>(spec: ServiceSpec, options: StartOptions<Settings>): AllConfig<Settings> {
  const base = BASE_CONFIG.extend(targetsConfig(spec).shape);
  const own: z.ZodType = options.settings ?? z.object({});
  const all = z.intersection(z.intersection(base, spec.store ? STORE_CONFIG : z.object({})), own);
  const { mongo, ...config } = readConfig(all, options.environment) as BaseConfig & { mongo?: StoreAddress } & Settings;
  return { config, mongo, settings: config as unknown as Settings };
}

function createListener(
  spec: ServiceSpec,
  config: BaseConfig,
  log: Logger,
  { messages = {}, interceptors = [] }: RunOptions<unknown>,
): Listener {
  if (spec.http) return createHttpListener(config);
  return createGrpcListener(spec, config, {
    service: spec.name,
    log,
    logCall: createCallLog(log, config.LOG_CALLS_PER_SECOND),
    localize: createLocalize(messages),
    maxConcurrentCalls: config.MAX_CONCURRENT_CALLS,
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    translate: storeStatus,
    durationBounds: durationBoundsOf(spec),
    strict: isStrict(config),
    interceptors,
  });
}

function refuseUnusedInterceptors({ name, http }: ServiceSpec, { interceptors = [] }: RunOptions<unknown>): void {
  if (!http || interceptors.length === 0) return;
  throw new Error(
    `${name} serves HTTP, and interceptors wrap gRPC calls only: use hooks of its HTTP server, ` +
      'or clientInterceptors for the calls that it makes',
  );
}

function connectOptions(
  spec: ServiceSpec,
  config: BaseConfig,
  { clientInterceptors = [] }: RunOptions<unknown>,
): ConnectOptions {
  return {
    interceptors: clientInterceptors,
    caller: spec.name,
    gzip: config.GRPC_COMPRESSION === 'gzip',
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    strict: isStrict(config),
  };
}

function isStrict({ NODE_ENV }: BaseConfig): boolean {
  return NODE_ENV !== 'production';
}

// Loaded only if needed, since the driver is large.
async function openStore(...args: Parameters<typeof connectStore>): Promise<Store> {
  const { connectStore: connect } = await import('../mongo/store');
  return connect(...args);
}
