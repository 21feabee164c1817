import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { connectAll, type Connections } from '../client/connections';
import { collectFaults, type ServiceSpec } from '../declaration';
import { refuseFaults } from '../faults/format-faults';
import { createLog } from '../logging/log';
import type { Store } from '../mongo/store';
import { retryStoreFailures } from '../mongo/store-retry';
import type { Listener } from '../server/listener';
import { createReadiness, type Readiness } from '../server/readiness';
import { flushTelemetry } from '../telemetry/flush';
import type { BaseConfig } from './config';
import { connectOptions, createListener, openStore, readAll, refuseUnusedInterceptors } from './service-parts';
import type { Create, Dependencies, RunningService, StartOptions } from './service-types';

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
