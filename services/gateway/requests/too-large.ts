import { StatusError } from '../../kit/errors/status-error';
import { HttpError } from '../problems/http-error';

/** grpc-js's messages about a message beyond the receiver's limit, or beyond its own. */
const RECEIVED = /larger than max \((\d+) vs\.? \d+\)|decompresses to a size larger than/;
const SENT = 'Attempted to send message with a size larger than';

/**
 * A call that failed because a message is too large, as HTTP tells it. RESOURCE_EXHAUSTED would be 429, which clients
 * and proxies repeat by themselves, and this fails again each time.
 *
 * A request is answered 413. A reply is answered 422: nothing repeats it, and the caller can ask for less. All of 5xx
 * is repeated by some.
 *
 * @param requestBytes the size of the request, as grpc-js says the same of both directions; left out for a stream of
 *   requests, whose one reply is not what is too large
 * @returns other errors as they are
 */
export function tooLargeError(error: unknown, requestBytes?: () => number): unknown {
  if (!(error instanceof StatusError) || error.code !== 'RESOURCE_EXHAUSTED') return error;
  const [received, bytes] = RECEIVED.exec(error.reason) ?? [];
  if (error.reason.startsWith(SENT)) return requestTooLarge();
  if (received !== undefined && (bytes === undefined || !requestBytes || Number(bytes) === requestBytes()))
    return requestTooLarge();
  return received !== undefined || error.reason === 'reply.too-large' ? replyTooLarge() : error;
}

function requestTooLarge(): HttpError {
  return new HttpError(413, 'RESOURCE_EXHAUSTED', 'request.too-large');
}

function replyTooLarge(): HttpError {
  return new HttpError(422, 'RESOURCE_EXHAUSTED', 'reply.too-large');
}
