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
  if (!(error instanceof Error && (GONE.has(error.name) || isStepping(error)))) return undefined;
  return new StatusError('UNAVAILABLE', 'store.unavailable', {}, { retryAfterMs: 1_000, cause: error });
}

/** A server that steps or shuts down gives its errors this label. */
function isStepping(error: Error & Partial<Pick<MongoError, 'hasErrorLabel'>>): boolean {
  return error.hasErrorLabel?.('RetryableWriteError') ?? false;
}
