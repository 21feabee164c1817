import { criticalPath, criticalTimes } from './critical-path';
import type { LinesOfTrace } from './log-lines';
import { startDate, servicesOf, type Span, type Trace } from './span';
import { summarize } from './trace-list';
import { mainRoot } from './trace-text';
import { buildTree } from './tree';

/** A trace as JSON: times are milliseconds from its start, spans have all their data. */
export function traceJson(trace: Trace, logs: LinesOfTrace | undefined): object {
  const tree = buildTree(trace);
  const root = mainRoot(tree);
  const sections = root ? criticalPath(root).reverse() : [];
  const times = criticalTimes(sections);
  return {
    traceId: trace.id,
    start: startDate(trace).toISOString(),
    durationMs: ms(trace.duration),
    services: servicesOf(trace),
    rootSpanIds: tree.roots.map(({ span }) => span.id),
    spans: trace.spans.map((span) => spanJson(span, times.get(span) ?? 0, logs)),
    criticalPath: sections.map(({ span, from, to }) => ({ spanId: span.id, fromMs: ms(from), toMs: ms(to) })),
    ...(logs && logs.rest.length > 0 ? { logs: logs.rest.map(({ pod, entry }) => ({ pod, ...entry })) } : {}),
  };
}

/** A list of traces as JSON. */
export function traceListJson(traces: Trace[]): object {
  return {
    traces: traces.map(summarize).map(({ root, start, duration, ...summary }) => ({
      ...summary,
      start: start.toISOString(),
      durationMs: ms(duration),
      root: root && { service: root.service, name: root.name, code: root.code, error: root.isError },
    })),
  };
}

function spanJson(span: Span, critical: number, logs: LinesOfTrace | undefined): object {
  const { id, parentId, service, instance, name, kind, from, to, code, isError, message, attributes, links } = span;
  return {
    spanId: id,
    parentSpanId: parentId,
    service,
    instance,
    name,
    kind,
    startMs: ms(from),
    durationMs: ms(to - from),
    criticalMs: ms(critical),
    code,
    error: isError,
    message,
    attributes,
    events: span.events.map(({ at, ...event }) => ({ ...event, atMs: ms(at) })),
    links,
    ...(logs ? { logs: (logs.ofSpans.get(span) ?? []).map(({ pod, entry }) => ({ pod, ...entry })) } : {}),
  };
}

function ms(ns: number): number {
  return ns / 1e6;
}
