import {
  type Context,
  context,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Metadata } from '@grpc/grpc-js';
import type { MeasuredMethod } from './method';
import { ERROR_TYPE, RPC_STATUS } from './names';
import { extractContext, followsUnsampled, spanContextOf, textOf, tracerOfKit } from './propagation';

/** The trace of a call, for its log lines and for the calls made for it. */
export interface CallTrace {
  /** The context of the calls made for this one. If undefined, the incoming trace headers are forwarded unchanged. */
  readonly context?: Context;
  readonly ids: SpanContext | undefined;
  /** The span of this call, if it is recorded. */
  readonly span?: Span;
}

/**
 * Starts the trace of an incoming call, with a span if it is recorded.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/
 */
export function startServerTrace({ name, attributes }: MeasuredMethod, metadata: Metadata): CallTrace {
  const tracer = tracerOfKit();
  if (!tracer) return { ids: spanContextOf(textOf(metadata, 'traceparent')) };
  const parent = extractContext(metadata);
  const ids = trace.getSpanContext(parent);
  if (followsUnsampled(ids)) return { ids };
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  const within = trace.setSpan(parent, span);
  return { context: within, ids: span.spanContext(), ...(span.isRecording() && { span }) };
}

/** Runs the work of a call so that its spans belong to the call's. Unrecorded calls skip this, since it costs time. */
export function withinTrace<T>({ span, context: within }: CallTrace, work: () => T): T {
  return span && within ? context.with(within, work) : work();
}

/** Ends the span of a call, on a server or a client. The span contains nothing of its messages. */
export function endSpan(span: Span, method: MeasuredMethod, status: string): void {
  span.setAttribute(RPC_STATUS, status);
  if (method.isError(status)) {
    span.setAttribute(ERROR_TYPE, status);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** The ids of a trace, recorded or not, under the names that log collectors know. */
export function logIdsOf({ ids }: Pick<CallTrace, 'ids'>): { trace_id?: string; span_id?: string } {
  return ids ? { trace_id: ids.traceId, span_id: ids.spanId } : {};
}
