import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isPassingStoreFailure } from './store-failure';

/** Options of {@link retryStoreFailures}. */
export interface RetryOptions {
  readonly log: Logger;
  /** Stops trying. */
  readonly signal: AbortSignal;
  /** The first pause, in milliseconds; each one after it is twice as long, up to ten times the first. */
  readonly pauseMs?: number;
}

/**
 * Runs work that needs the store, and runs it again whenever the store fails in the middle of it.
 *
 * @throws whatever else the work throws, or the signal's reason
 */
export async function retryStoreFailures<T>(
  work: () => T | Promise<T>,
  { log, signal, pauseMs = 500 }: RetryOptions,
): Promise<T> {
  for (let pause = pauseMs; ; pause = Math.min(2 * pause, 10 * pauseMs)) {
    try {
      return await work();
    } catch (error) {
      const failure = storeFailureIn(error);
      if (!failure) throw error;
      log.warn({ reason: failure.message }, 'MongoDB failed while the service prepared its store; trying again');
      await sleep(pause, undefined, { signal });
    }
  }
}

/** How many causes are followed: an error may be its own cause. */
const MAX_CAUSES = 5;

/** The service may have wrapped the driver's error. */
function storeFailureIn(error: unknown): Error | undefined {
  let each = error;
  for (let depth = 0; depth < MAX_CAUSES && each instanceof Error; depth += 1) {
    if (isPassingStoreFailure(each)) return each;
    each = each.cause;
  }
  return undefined;
}
