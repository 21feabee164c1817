import { type Column, formatColumns } from '../terminal/columns';
import { formatDuration } from '../terminal/duration-text';
import { type Colors, colorsOf, type Terminal } from '../terminal/terminal';
import { printable, shorten } from '../terminal/width';
import { startDate, servicesOf, type Span, type Trace } from './span';
import { formatTime, mainRoot } from './trace-text';
import { buildTree } from './tree';

/** A trace in a list. */
export interface TraceSummary {
  traceId: string;
  start: Date;
  root: Span | undefined;
  services: string[];
  spans: number;
  /** In nanoseconds. */
  duration: number;
  errors: number;
}

export function summarize(trace: Trace): TraceSummary {
  return {
    traceId: trace.id,
    start: startDate(trace),
    root: mainRoot(buildTree(trace))?.span,
    services: servicesOf(trace),
    spans: trace.spans.length,
    duration: trace.duration,
    errors: trace.spans.filter(({ isError }) => isError).length,
  };
}

/** Formats a table of traces, in their order. @param now traces of earlier days show their date */
export function formatTraceList(
  traces: Trace[],
  { width, colors }: Pick<Terminal, 'width' | 'colors'>,
  now: Date,
): string {
  const all = traces.map(summarize);
  const rows = all.map(({ traceId, start, root, services, spans, duration, errors }) => [
    // Enough to identify it.
    traceId.slice(0, 8),
    // A narrow terminal loses the milliseconds first.
    width < 100 ? formatTime(start, now).replace(/\.\d+$/, '') : formatTime(start, now),
    printable(`${root?.service} ${root?.name}`),
    formatDuration(duration),
    String(spans),
    String(services.length),
    errors > 0 ? colors.red(statusOf(root, errors)) : statusOf(root, errors),
  ]);
  const [titles = '', ...lines] = formatColumns(columnsOf(all, colors), rows, width);
  return [colors.dim(titles), ...lines].join('\n');
}

function columnsOf(all: TraceSummary[], colors: Colors): Column[] {
  const services = all.map(({ root }) => root?.service ?? '');
  const ofService = colorsOf(services, colors);
  return [
    { title: 'trace' },
    { title: 'time' },
    { title: 'operation', fit: shorten, paint: (cell, row) => ofService(services[row] ?? '')(cell) },
    { title: 'duration', align: 'right' },
    { title: 'spans', align: 'right' },
    { title: 'services', align: 'right' },
    { title: 'status' },
  ];
}

/** The status of the root, and the number of failed spans if the root succeeded. */
function statusOf(root: Span | undefined, errors: number): string {
  const code = printable(root?.code ?? '');
  if (errors === 0) return code || 'ok';
  return code && !root?.isError ? `${code}, ${errors} failed` : code || 'error';
}
