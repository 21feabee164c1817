import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  type TextMapGetter,
  type TextMapSetter,
  trace,
  type Tracer,
  TraceFlags,
} from '@opentelemetry/api';
import type { Metadata } from '@grpc/grpc-js';

const GETTER: TextMapGetter<Metadata> = {
  get: textOf,
  keys: (metadata) => Object.keys(metadata.getMap()),
};

const SETTER: TextMapSetter<Metadata> = { set: (metadata, name, value) => metadata.set(name, value) };

/** The first text value of a name in metadata. */
export function textOf(metadata: Metadata, name: string): string | undefined {
  const [value] = metadata.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** The trace context in the metadata of a call. */
export function extractContext(metadata: Metadata): Context {
  return propagation.extract(ROOT_CONTEXT, metadata, GETTER);
}

/** Writes a trace context into the metadata of a call. */
export function injectContext(within: Context, metadata: Metadata): void {
  propagation.inject(within, metadata, SETTER);
}

/** Writes the trace context of the running code into metadata. */
export function injectActiveContext(metadata: Metadata): void {
  injectContext(context.active(), metadata);
}

/** The ids of the running code's span, recorded or not. */
export function activeSpanContext(): SpanContext | undefined {
  return trace.getSpanContext(context.active());
}

/** Sets an attribute of the running code's span, if it is recorded. */
export function labelActiveSpan(name: string, value: string): void {
  trace.getActiveSpan()?.setAttribute(name, value);
}

/** The API's proxy provider, which tells whether an SDK is registered. */
export interface Delegating {
  getDelegate?(): object;
  getDelegateTracer?(name: string): Tracer | undefined;
}

let tracer: Tracer | undefined;

/** The kit's tracer. It is undefined without an SDK; trace headers are then forwarded unchanged. */
export function tracerOfKit(): Tracer | undefined {
  return (tracer ??= (trace.getTracerProvider() as Delegating).getDelegateTracer?.('weft'));
}

/**
 * True if a span with this parent would certainly not be recorded. All standard parent-based samplers, the default among
 * them, follow an unsampled parent, so this need not ask the sampler.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
export function followsUnsampled(parent: SpanContext | undefined): boolean {
  return parent !== undefined && (parent.traceFlags & TraceFlags.SAMPLED) === 0 && PARENT_BASED;
}

const PARENT_BASED = (process.env['OTEL_TRACES_SAMPLER'] || 'parentbased_always_on').startsWith('parentbased_');

/**
 * The span in a `traceparent` header, for when no SDK reads it.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] =
    /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags ?? '', 16), isRemote: true };
}
