import type { Span } from './span';

/** A log line of a trace. */
export interface LogLine {
  pod: string;
  spanId: string | undefined;
  /** The message, the level, and other facts. */
  entry: Record<string, unknown>;
}

/** Log lines by span. */
export interface LinesOfTrace {
  ofSpans: Map<Span, LogLine[]>;
  /** Lines of the trace whose span is not in it. */
  rest: LogLine[];
}

/**
 * Reads the log lines of a trace, in order.
 *
 * @param text JSON lines with the pod's name and its line, as `npm start` keeps them; other lines are skipped
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ (trace_id, span_id)
 */
export function readLogLines(text: string, traceId: string): LogLine[] {
  const lines = text.split('\n').filter((line) => line.includes(traceId));
  return lines.flatMap((line) => parse(line) ?? []).filter(({ entry }) => entry['trace_id'] === traceId);
}

export function groupBySpan(lines: LogLine[], spans: Span[]): LinesOfTrace {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const ofSpans = new Map<Span, LogLine[]>();
  const rest: LogLine[] = [];
  for (const line of lines) {
    const span = byId.get(line.spanId ?? '');
    if (!span) rest.push(line);
    else ofSpans.set(span, [...(ofSpans.get(span) ?? []), line]);
  }
  return { ofSpans, rest };
}

function parse(text: string): LogLine | undefined {
  try {
    const { pod, line } = JSON.parse(text) as { pod?: unknown; line?: unknown };
    if (typeof pod !== 'string' || typeof line !== 'object' || line === null) return undefined;
    const { span_id: spanId, ...entry } = line as Record<string, unknown>;
    return { pod, spanId: typeof spanId === 'string' ? spanId : undefined, entry };
  } catch {
    return undefined;
  }
}
