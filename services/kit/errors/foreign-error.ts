import { type ServiceError, status } from '@grpc/grpc-js';
import { isPassingStoreFailure } from '../mongo/store-failure';
import type { StatusCode, StatusDetails } from './error-details';
import { readDetails } from './read-details';

/** What an error that the kit did not make says, in the kit's terms. */
export interface ForeignError {
  readonly code: StatusCode;
  readonly reason: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly details?: StatusDetails;
}

/** Reads anything that was thrown. A thrown value may have getters that throw. */
export function readForeignError(thrown: unknown): ForeignError {
  try {
    return readThrown(thrown);
  } catch {
    return INTERNAL;
  }
}

const INTERNAL: ForeignError = { code: 'INTERNAL', reason: 'internal' };

/** What `AbortController` and `AbortSignal.timeout` make calls and requests end with. */
const ABORTS = new Map<unknown, ForeignError>([
  ['AbortError', { code: 'CANCELLED', reason: 'callee.cancelled' }],
  ['TimeoutError', { code: 'DEADLINE_EXCEEDED', reason: 'callee.too-late' }],
]);

function readThrown(thrown: unknown): ForeignError {
  if (isServiceError(thrown)) return readServiceError(thrown);
  if (isPassingStoreFailure(thrown))
    return { code: 'UNAVAILABLE', reason: 'store.unavailable', details: { retryAfterMs: 1_000 } };
  return ABORTS.get((thrown as { name?: unknown } | null | undefined)?.name) ?? INTERNAL;
}

/** True for an error of grpc-js: a number as its code and a text as its details, unlike a StatusError. */
export function isServiceError(thrown: unknown): thrown is ServiceError {
  if (!(thrown instanceof Error)) return false;
  const { code, details } = thrown as Partial<ServiceError>;
  return typeof code === 'number' && typeof details === 'string';
}

/** Without ErrorInfo these statuses come from grpc-js or a proxy and quote addresses, so their text is only logged. */
const TRANSPORT: Partial<Record<StatusCode, string>> = {
  UNAVAILABLE: 'callee.unavailable',
  DEADLINE_EXCEEDED: 'callee.too-late',
  UNKNOWN: 'callee.failed',
  INTERNAL: 'callee.failed',
  DATA_LOSS: 'callee.failed',
};

/**
 * grpc-js's texts, with INTERNAL, for a connection that ended under a call: Node ends one on which too many calls are
 * reset at once; a peer whose process is gone sends no status; the socket fails.
 */
const CONNECTION_LOST =
  /^(Session closed with error code|Received RST_STREAM with code \d+ (\(Call ended without|triggered by internal client))/;

/** @param service the full name of the contract that was called */
export function readServiceError(error: ServiceError, service?: string): ForeignError {
  const { info, details } = readDetails(error.metadata);
  const code = error.code in status ? (status[error.code] as StatusCode) : 'UNKNOWN';
  if (info?.reason) return { code, reason: info.reason, metadata: info.metadata, details };
  const called = service === undefined ? {} : { service };
  const metadata = { ...called, ...info?.metadata };
  if (CONNECTION_LOST.test(error.details ?? ''))
    return { code: 'UNAVAILABLE', reason: 'callee.unavailable', metadata, details };
  const transport = TRANSPORT[code];
  if (transport) return { code, reason: transport, metadata, details };
  return { code, reason: error.details || code, metadata: info?.metadata ?? {}, details };
}
