import { type Context, context, type Span, SpanKind, trace } from '@opentelemetry/api';
import type { Metadata } from '@grpc/grpc-js';
import { Measures } from './measures';
import type { MeasuredMethod } from './method';
import { extractContext, followsUnsampled, injectContext, tracerOfKit } from './propagation';
import { endSpan } from './server-call';

let shared: Measures | undefined;

/** The metrics of all calls that this process makes. */
export function clientMeasures(): Measures {
  return (shared ??= new Measures('client'));
}

/** The telemetry of one outgoing call, from its start to its status. */
export class ObservedCall {
  readonly #started = performance.now();
  readonly #span: Span | undefined;

  /** The metadata to send, with the trace. */
  readonly metadata: Metadata;

  /** @param within the trace context of the call. By default it comes from the metadata or the running code. */
  constructor(
    readonly method: MeasuredMethod,
    metadata: Metadata,
    within: Context | undefined,
  ) {
    const tracer = tracerOfKit();
    const parent = tracer && parentOf(metadata, within);
    this.metadata = metadata;
    if (!parent) return;
    const { name, attributes } = method;
    const unsampled = followsUnsampled(trace.getSpanContext(parent));
    this.#span = unsampled ? undefined : tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
    this.metadata = metadata.clone();
    injectContext(this.#span ? trace.setSpan(parent, this.#span) : parent, this.metadata);
  }

  /** Must be called once. @param status such as `NOT_FOUND` */
  end(status: string): void {
    clientMeasures().record(this.method, status, performance.now() - this.#started);
    if (this.#span?.isRecording()) endSpan(this.#span, this.method, status);
  }
}

/**
 * The parent of an outgoing call's span. A span that the code has opened in the same trace is nearer than the call's own.
 *
 * @returns undefined for an unrecorded trace, whose metadata needs no change
 */
function parentOf(metadata: Metadata, within: Context | undefined): Context | undefined {
  const own = within ?? extractContext(metadata);
  const ids = trace.getSpanContext(own);
  if (!within && followsUnsampled(ids)) return undefined;
  const active = context.active();
  return ids === undefined || trace.getSpanContext(active)?.traceId === ids.traceId ? active : own;
}
