// Types only: a service without a store need not load the driver.
import type { MongoError } from 'mongodb';
import { StatusError } from './status-error';

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
  'MongoTopologyClosedError',
  'MongoWaitQueueTimeoutError',
]);

/** What an exception of the driver means to a caller, where it means something: UNAVAILABLE, and to try again. */
export function storeStatus(error: unknown): StatusError | undefined {
  if (!(error instanceof Error) || !('errorLabelSet' in error || GONE.has(error.name))) return undefined;
  // The label is what a server that is stepping or shutting down gives its errors.
  if (!GONE.has(error.name) && !(error as MongoError).hasErrorLabel('RetryableWriteError')) return undefined;
  return new StatusError('UNAVAILABLE', 'store.unavailable', {}, { retryAfterMs: 1_000, cause: error });
}
