import { once } from 'node:events';
import type { ServiceSpec } from '../declaration';
import { describeError } from './describe-error';
import type { Create, RunningService, RunOptions } from './service-types';
import { startService } from './start-service';

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
