import { randomBytes } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';
import { StatusError } from '../../../services/kit/errors/status-error';
import { describeCallError } from '../../../services/kit/errors/describe-call-error';

/**
 * Starts a sampled trace for a call, unless its metadata continues one already.
 *
 * @returns the id of the trace, or undefined if the traceparent in the metadata is malformed
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function startTrace(metadata: Metadata): string | undefined {
  if (metadata.get('traceparent').length === 0) metadata.set('traceparent', `00-${randomId(16)}-${randomId(8)}-01`);
  const [, id] = /^[\da-f]{2}-([\da-f]{32})-/.exec(String(metadata.get('traceparent')[0])) ?? [];
  return id;
}

/** Never all zeros: such an id is invalid. */
function randomId(bytes: number): string {
  for (;;) {
    const id = randomBytes(bytes);
    if (id.some((byte) => byte !== 0)) return id.toString('hex');
  }
}

/** Adds to a failed call's error how to see its trace; errors from before the call stay as they are. */
export function withTrace(error: unknown, traceId: string | undefined): unknown {
  if (!(error instanceof StatusError) || traceId === undefined) return error;
  return new Error(`${describeCallError(error)}\n  trace: ${traceId}  npx weft trace ${traceId}`, { cause: error });
}
