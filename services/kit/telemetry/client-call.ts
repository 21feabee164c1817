import { type Context, context, type Span, SpanKind, trace } from '@opentelemetry/api';
import type { Metadata } from '@grpc/grpc-js';
import { Measures } from './measures';
import type { MeasuredMethod } from './method';
import { extractContext, followsUnsampled, injectContext, tracerOfKit } from './propagation';
import { endSpan } from './server-call';

let shared: Measures | undefined;

/** What is measured of all calls that this process makes. */
export function clientMeasures(): Measures {
  return (shared ??= new Measures('client'));
}

/** A call that this process makes, from its start to its status. */
export class ObservedCall {
  readonly #started = performance.now();
  readonly #span: Span | undefined;

  /** What to send along: what was asked for, with the trace. */
  readonly metadata: Metadata;

  /** @param within where the call belongs, if that is known; otherwise its metadata says it, or the code that runs */
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

  /** Ends it, once. @param status its name, such as `NOT_FOUND` */
  end(status: string): void {
    clientMeasures().record(this.method, status, performance.now() - this.#started);
    if (this.#span?.isRecording()) endSpan(this.#span, this.method, status);
  }
}

/**
 * A span that the code has opened within the same trace is nearer than the call's own.
 *
 * @returns nothing where the metadata says it all already: a trace that is not recorded
 */
function parentOf(metadata: Metadata, within: Context | undefined): Context | undefined {
  const own = within ?? extractContext(metadata);
  const ids = trace.getSpanContext(own);
  if (!within && followsUnsampled(ids)) return undefined;
  const active = context.active();
  return ids === undefined || trace.getSpanContext(active)?.traceId === ids.traceId ? active : own;
}
