import { randomBytes } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';
import { StatusError } from '../../../services/kit/errors/status-error';
import { describeError } from './describe-error';

/**
 * Starts a trace for a call, unless its metadata continues one already. It is sampled, so that the call can be looked at.
 *
 * @returns the id of the trace; nothing where the metadata has a traceparent that cannot be read
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function startTrace(metadata: Metadata): string | undefined {
  if (metadata.get('traceparent').length === 0) metadata.set('traceparent', `00-${randomId(16)}-${randomId(8)}-01`);
  const [, id] = /^[\da-f]{2}-([\da-f]{32})-/.exec(String(metadata.get('traceparent')[0])) ?? [];
  return id;
}

/** An id of zeros is invalid, and as likely as any other. */
function randomId(bytes: number): string {
  for (;;) {
    const id = randomBytes(bytes);
    if (id.some((byte) => byte !== 0)) return id.toString('hex');
  }
}

/** A failed call as an error that also says how to see its trace. Errors that kept it from being sent are left as they are. */
export function withTrace(error: unknown, traceId: string | undefined): unknown {
  if (!(error instanceof StatusError) || traceId === undefined) return error;
  return new Error(`${describeError(error)}\n  trace: ${traceId}  npx weft trace ${traceId}`, { cause: error });
}
