import { type ResourceSpans, type Span, Span_SpanKind } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { hexOf } from '../ids';
import { spansOf } from '../traces/trace-data';
import type { Dialect } from './clock-skew';

/** Zipkin gives both sides of a call one id: this gives the server's span its own id, below the client's span. */
export function divideSharedIds(trace: readonly ResourceSpans[], { parentOf }: Dialect): void {
  const spans = spansOf(trace).map(({ span }) => span);
  const ids = new Set(spans.map(({ spanId }) => hexOf(spanId)));
  const ofClients = new Set(spans.filter(isClient).map(({ spanId }) => hexOf(spanId)));
  const replaced = new Map<string, Uint8Array>();
  let last = 0n;
  for (const span of spans.filter((each) => isServer(each) && ofClients.has(hexOf(each.spanId)))) {
    do last += 1n;
    while (ids.has(last.toString(16).padStart(16, '0')));
    const id = Buffer.from(last.toString(16).padStart(16, '0'), 'hex');
    replaced.set(hexOf(span.spanId), id);
    [span.parentSpanId, span.spanId] = [span.spanId, id];
  }
  for (const span of spans) {
    const parent = replaced.get(parentOf(span));
    if (parent && hexOf(parent) !== hexOf(span.spanId)) span.parentSpanId = parent;
  }
}

function isClient({ kind }: Span): boolean {
  return kind === Span_SpanKind.CLIENT;
}

function isServer({ kind }: Span): boolean {
  return kind === Span_SpanKind.SERVER;
}
