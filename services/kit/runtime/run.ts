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
import { createReadiness, type Readiness } from '../server/readiness';
import type { Clients, Handlers } from '../protocol/rpc';
import { refuseFaults } from '../faults/format-faults';
import { collectFaults, type DeclaredTypes, type Serves, type ServiceSpec } from '../declaration';
import type { connectStore, Database, Store } from '../mongo/store';
import { STORE_CONFIG, type StoreAddress } from '../mongo/store-address';
import { storeStatus } from '../mongo/store-status';
import type { Environment } from '../client/target';
import { durationBoundsOf } from '../telemetry/duration-bounds';
import { flushTelemetry } from '../telemetry/flush';

/** What a service is made of. */
export interface Dependencies<T, Settings = unknown> {
  /** By the names in `calls`; they have the declared methods only. */
  readonly clients: Clients<T>;
  /** The database, where the declaration asks for a store; asked for a collection at each use. */
  readonly mongo: T extends DeclaredTypes<unknown, unknown, 'mongodb'> ? Database : undefined;
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
  /** How its errors are told to people, by their reasons. */
  messages?: Messages;
}

/** A service that runs. */
export interface RunningService {
  readonly port: number;
  /** Takes no more calls, finishes those under way, closes everything. */
  stop(): Promise<void>;
}

/**
 * Runs a service as a process: reads its settings, connects what it declared, serves, and on SIGTERM or
 * SIGINT drains and exits with 0. A second signal ends it at once. A declaration or settings that are wrong,
 * or a port that is taken, end it with 1 and a sentence.
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
    process.stderr.write(`${spec.name} cannot start: ${inWords(error)}\n`);
    process.exit(1);
  });
  let service: RunningService | undefined;
  void running.then((started) => (service = started));
  void firstSignal().then(async () => {
    void firstSignal().then(() => process.exit(1));
    stopping.abort();
    // One that has not started has nothing to finish.
    await service?.stop().catch((error: unknown) => {
      process.stderr.write(`${spec.name} did not end well: ${inWords(error)}\n`);
      process.exit(1);
    });
    process.exit(0);
  });
}

/** Errors that are made for people have no name of their own; of others the place is worth more than the words. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : (error.stack ?? error.message);
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
 * @throws Error that lists everything wrong with the declaration, or every wrong setting, or names the address that
 *   cannot be listened on
 */
export async function startService<T extends ServiceSpec, Settings>(
  spec: T,
  create: Create<T, Settings>,
  options: StartOptions<Settings>,
): Promise<RunningService> {
  refuseFaults('the declarations have faults:', collectFaults(spec));
  const { config, mongo, settings } = readAll(spec, options);
  const log = await createLog(spec.name, config.LOG_LEVEL);
  const listener = createListener(spec, config, log, options.messages ?? {});
  const readiness = createReadiness(listener.health, { running: false, store: true });
  const changed = (available: boolean): void => readiness.set('store', available);
  const connections = connectAll(spec, config.POD_NAMESPACE, options.environment, connectOptions(spec, config));
  const store = mongo && (await openStore(mongo, { service: spec.name, log, signal: options.signal, changed }));
  const parts: Parts = { config, log, listener, readiness, store, connections };
  try {
    const implementation = await create(dependenciesOf(parts, settings));
    const port = await listener.start(implementation);
    readiness.set('running', true);
    log.info({ port }, 'serving');
    return { port, stop: () => stop(parts) };
  } catch (error) {
    await close(parts);
    throw error;
  }
}

/** What a running service holds. */
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

/** How long the last spans and metrics have to get out, in milliseconds: what is left of the time to end is short. */
const FLUSH_MS = 2_000;

/** NOT_SERVING first, so that callers go elsewhere while calls are still answered; what calls need is closed last. */
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

/** All settings in one go, so that one message lists every fault. */
function readAll<Settings>(spec: ServiceSpec, options: StartOptions<Settings>): AllConfig<Settings> {
  const base = BASE_CONFIG.extend(targetsConfig(spec).shape);
  const own: z.ZodType = options.settings ?? z.object({});
  const all = z.intersection(z.intersection(base, spec.store ? STORE_CONFIG : z.object({})), own);
  const { mongo, ...config } = readConfig(all, options.environment) as BaseConfig & { mongo?: StoreAddress } & Settings;
  return { config, mongo, settings: config as unknown as Settings };
}

function createListener(spec: ServiceSpec, config: BaseConfig, log: Logger, messages: Messages): Listener {
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
  });
}

function connectOptions(spec: ServiceSpec, config: BaseConfig): ConnectOptions {
  return {
    caller: spec.name,
    gzip: config.GRPC_COMPRESSION === 'gzip',
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    strict: isStrict(config),
  };
}

function isStrict({ NODE_ENV }: BaseConfig): boolean {
  return NODE_ENV !== 'production';
}

// Loaded only where it is needed: the driver is the largest part of a service that has one.
async function openStore(...args: Parameters<typeof connectStore>): Promise<Store> {
  const { connectStore: connect } = await import('../mongo/store');
  return connect(...args);
}
