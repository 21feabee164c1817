import { type Span, type SpanStatus, trace, type Tracer, type TracerProvider } from '@opentelemetry/api';

/**
 * Tracers for an instrumentation that writes the messages of errors into spans: those quote what was sent, as MongoDB's
 * do of a duplicate key. That a span failed is kept, and the type of the error.
 */
export const WITHOUT_MESSAGES: TracerProvider = {
  getTracer: (name, version, options) => {
    // The SDK may be registered after an instrumentation asks for its tracer.
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
