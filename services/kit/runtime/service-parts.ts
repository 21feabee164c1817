import type { Logger } from 'pino';
import * as z from 'zod';
import type { ConnectOptions } from '../client/channel';
import type { ServiceSpec } from '../declaration';
import { createLocalize } from '../errors/messages';
import { createCallLog } from '../logging/call-log';
import type { connectStore, Store } from '../mongo/store';
import { STORE_CONFIG, type StoreAddress } from '../mongo/store-address';
import { storeStatus } from '../mongo/store-status';
import { createGrpcListener, createHttpListener, type Listener } from '../server/listener';
import { durationBoundsOf } from '../telemetry/duration-bounds';
import { BASE_CONFIG, type BaseConfig, readConfig, targetsConfig } from './config';
import type { RunOptions, StartOptions } from './service-types';

/** All settings of a service. */
interface AllConfig<Settings> {
  config: BaseConfig;
  mongo: StoreAddress | undefined;
  settings: Settings;
}

/** Reads all settings at once, so that one message lists every fault. */
export function readAll<Settings>(spec: ServiceSpec, options: StartOptions<Settings>): AllConfig<Settings> {
  const base = BASE_CONFIG.extend(targetsConfig(spec).shape);
  const own: z.ZodType = options.settings ?? z.object({});
  const all = z.intersection(z.intersection(base, spec.store ? STORE_CONFIG : z.object({})), own);
  const { mongo, ...config } = readConfig(all, options.environment) as BaseConfig & { mongo?: StoreAddress } & Settings;
  return { config, mongo, settings: config as unknown as Settings };
}

/** Creates what the service listens with: gRPC, or its own HTTP server. */
export function createListener(
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

/** @throws Error if interceptors are given that nothing would run */
export function refuseUnusedInterceptors(
  { name, http }: ServiceSpec,
  { interceptors = [] }: RunOptions<unknown>,
): void {
  if (!http || interceptors.length === 0) return;
  throw new Error(
    `${name} serves HTTP, and interceptors wrap gRPC calls only: use hooks of its HTTP server, ` +
      'or clientInterceptors for the calls that it makes',
  );
}

/** The options of the connections to all callees. */
export function connectOptions(
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

/** Connects the store. The driver is large, so it is loaded only here. */
export async function openStore(...args: Parameters<typeof connectStore>): Promise<Store> {
  const { connectStore: connect } = await import('../mongo/store');
  return connect(...args);
}
