import { type Span, type SpanStatus, trace, type Tracer, type TracerProvider } from '@opentelemetry/api';

/**
 * Tracers for an instrumentation that writes error messages into spans. Those may quote data, as MongoDB's do for a
 * duplicate key. Spans keep the failure and the type of the error.
 */
export const WITHOUT_MESSAGES: TracerProvider = {
  getTracer: (name, version, options) => {
    // Looked up late, since the SDK may register after the instrumentation asks for its tracer.
    const tracer = trace.getTracerProvider().getTracer(name, version, options);
    return {
      startSpan: (...args: Parameters<Tracer['startSpan']>) => withoutMessage(tracer.startSpan(...args)),
      startActiveSpan: tracer.startActiveSpan.bind(tracer),
    };
  },
};

function withoutMessage(span: Span): Span {
  if (!span.isRecording()) return span;
  const setStatus = span.setStatus.bind(span);
  return Object.assign(span, {
    setStatus: ({ code }: SpanStatus) => setStatus({ code }),
    recordException: () => undefined,
  });
}
