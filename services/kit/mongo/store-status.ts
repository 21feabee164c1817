// Types only: a service without a store need not load the driver.
import type { MongoError } from 'mongodb';
import { StatusError } from '../errors/status-error';

/** The errors of the driver that say no more than that the database cannot be reached, for now. */
const GONE = new Set([
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'PoolClearedOnNetworkError',
  'MongoServerClosedError',
  'MongoClientClosedError',
  'MongoStalePrimaryError',
  'MongoTopologyClosedError',
  'MongoWaitQueueTimeoutError',
]);

/** What an exception of the driver means to a caller, where it means something: UNAVAILABLE, and to try again. */
export function storeStatus(error: unknown): StatusError | undefined {
  if (!(error instanceof Error && (GONE.has(error.name) || isPassing(error)))) return undefined;
  return new StatusError('UNAVAILABLE', 'store.unavailable', {}, { retryAfterMs: 1_000, cause: error });
}

/**
 * Of a server that steps or shuts down: InterruptedAtShutdown, InterruptedDueToReplStateChange, PrimarySteppedDown,
 * ShutdownInProgress, NotWritablePrimary, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary.
 */
const PASSING_CODES = new Set<unknown>([11_600, 11_602, 189, 91, 10_107, 13_435, 13_436]);

/** Writes are labelled so then, and whatever comes to a server that has too much to do; reads only have the code. */
function isPassing(error: Error & Partial<Pick<MongoError, 'hasErrorLabel' | 'code'>>): boolean {
  const labels = ['RetryableWriteError', 'SystemOverloadedError'];
  return PASSING_CODES.has(error.code) || labels.some((label) => error.hasErrorLabel?.(label));
}
