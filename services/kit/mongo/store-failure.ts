/** The driver's errors for a database that cannot be reached at the moment. */
const UNREACHABLE = new Set([
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

/**
 * A server that steps or shuts down: InterruptedAtShutdown, InterruptedDueToReplStateChange, PrimarySteppedDown,
 * ShutdownInProgress, NotWritablePrimary, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary.
 */
const PASSING_CODES = new Set<unknown>([11_600, 11_602, 189, 91, 10_107, 13_435, 13_436]);

/** Writes have a label then, and so has whatever an overloaded server refuses; reads only have the code. */
const PASSING_LABELS = ['RetryableWriteError', 'SystemOverloadedError'];

/** An error of the driver, as far as it tells whether trying again may help. */
type DriverError = Error & { readonly code?: unknown; hasErrorLabel?(label: string): boolean };

/** The driver does not wrap what Node throws when it writes to a connection that the other side has just closed. */
function isBrokenPipe({ code, stack = '' }: DriverError): boolean {
  return code === 'EPIPE' && /[\\/]mongodb[\\/]lib[\\/]/.test(stack);
}

/** True for an error of the driver that passes by itself: the database cannot be reached, or is changing its primary. */
export function isPassingStoreFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, code } = error as DriverError;
  if (UNREACHABLE.has(name) || PASSING_CODES.has(code) || isBrokenPipe(error)) return true;
  return PASSING_LABELS.some((label) => (error as DriverError).hasErrorLabel?.(label));
}
