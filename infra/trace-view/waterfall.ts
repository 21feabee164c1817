import { formatDuration } from '../terminal/duration-text';
import { colorsOf, type Terminal } from '../terminal/terminal';
import { cut, padEnd, padStart, printable, widthOf } from '../terminal/width';
import { barOf, columnOf, type Cell, type Scale } from './bar';
import { criticalPath, type Section } from './critical-path';
import { formatLabel, labelWidth, type LabelPaint } from './label';
import type { LinesOfTrace, LogLine } from './log-lines';
import { type Row, rowsOf } from './rows';
import { servicesOf, type Span, type SpanEvent, type Trace, type Value } from './span';
import type { SpanTree } from './tree';

/** Options of the waterfall. */
export interface WaterfallOptions {
  terminal: Pick<Terminal, 'width' | 'colors'>;
  /** This many similar siblings share a row. */
  collapseFrom: number;
  logs: LinesOfTrace | undefined;
  /** Formats a log line, in one or more lines. */
  formatLog: (line: LogLine) => string;
}

const GAP = 2;
const DURATION_WIDTH = 8;
/** @param width of the terminal */
const minBarWidth = (width: number): number => (width < 60 ? 6 : 12);
const maxCodeWidth = (width: number): number => (width < 80 ? 9 : width < 100 ? 11 : 17);

const CELLS: Record<Cell, string> = { empty: ' ', running: '░', critical: '█' };

/** The columns of a waterfall. */
interface Layout extends WaterfallOptions, LabelPaint {
  labelWidth: number;
  codeWidth: number;
  scale: Scale;
  sections: Map<Span, Section[]>;
}

/** Formats the spans of a trace as lines that are no wider than the terminal. */
export function formatWaterfall(trace: Trace, tree: SpanTree, options: WaterfallOptions): string[] {
  const { width } = options.terminal;
  const rows = rowsOf(tree.roots, { collapseFrom: options.collapseFrom, guideWidth: Math.floor(width / 6) });
  const layout = makeLayout(trace, tree, rows, options);
  return [formatAxis(layout), ...rows.flatMap((row) => formatRow(row, layout))].map((line) => line.trimEnd());
}

function makeLayout(trace: Trace, tree: SpanTree, rows: Row[], options: WaterfallOptions): Layout {
  const { width, colors } = options.terminal;
  const codes = rows.map(({ spans }) => widthOf(codeOf(spans[0])));
  const codeWidth = Math.min(Math.max(0, ...codes), maxCodeWidth(width));
  const free = width - DURATION_WIDTH - codeWidth - GAP * (codeWidth > 0 ? 3 : 2);
  const wanted = rows.reduce((widest, row) => Math.max(widest, labelWidth(row)), 0);
  const label = Math.min(wanted, Math.max(Math.floor(free * 0.6), free - 60), free - minBarWidth(width));
  return {
    ...options,
    colors,
    ofService: colorsOf(servicesOf(trace), colors),
    labelWidth: label,
    codeWidth,
    scale: { duration: trace.duration, width: free - label },
    sections: sectionsBySpan(tree),
  };
}

function sectionsBySpan({ roots }: SpanTree): Map<Span, Section[]> {
  const bySpan = new Map<Span, Section[]>();
  for (const section of roots.flatMap(criticalPath)) {
    const others = bySpan.get(section.span);
    if (others) others.push(section);
    else bySpan.set(section.span, [section]);
  }
  return bySpan;
}

function formatAxis({ labelWidth: width, codeWidth, scale, colors }: Layout): string {
  const [middle, end] = [formatDuration(scale.duration / 2), formatDuration(scale.duration)];
  const half = Math.floor(scale.width / 2);
  const marks =
    scale.width < 30 ? padStart(end, scale.width - 1) : padStart(middle, half) + padStart(end, scale.width - half - 1);
  const before = width + GAP + DURATION_WIDTH + GAP + (codeWidth > 0 ? codeWidth + GAP : 0);
  return ' '.repeat(before) + colors.dim(`0${marks}`);
}

function formatRow(row: Row, layout: Layout): string[] {
  const { spans } = row;
  const lines = [spanLine(row, layout)];
  if (spans.length === 1 && spans[0]) lines.push(...formatDetails(spans[0], row, layout));
  const logs = spans.flatMap((span) => layout.logs?.ofSpans.get(span) ?? []);
  return [...lines, ...logs.flatMap((line) => logLines(line, row, layout))];
}

function spanLine(row: Row, layout: Layout): string {
  const { spans } = row;
  const [first] = spans;
  const longest = spans.reduce((most, { from, to }) => Math.max(most, to - from), 0);
  const cells = barOf(
    spans,
    spans.flatMap((span) => layout.sections.get(span) ?? []),
    layout.scale,
  );
  const paint = first?.isError ? layout.colors.red : layout.ofService(first?.service ?? '');
  return columns(layout, {
    label: formatLabel(row, layout.labelWidth, layout),
    duration: formatDuration(longest),
    code: (first?.isError ? layout.colors.red : layout.colors.dim)(cut(codeOf(first), layout.codeWidth)),
    bar: paint(cells.map((cell) => CELLS[cell]).join('')),
  });
}

function columns(layout: Layout, parts: { label: string; duration: string; code: string; bar: string }): string {
  const gap = ' '.repeat(GAP);
  const code = layout.codeWidth > 0 ? [padEnd(parts.code, layout.codeWidth)] : [];
  return [padEnd(parts.label, layout.labelWidth), padStart(parts.duration, DURATION_WIDTH), ...code, parts.bar].join(
    gap,
  );
}

/** The status, or `error` for a failed span without one. */
function codeOf(span: Span | undefined): string {
  return printable(span?.code ?? (span?.isError ? 'error' : ''));
}

/** The lines below a span: its error, its events and its links. */
function formatDetails(span: Span, row: Row, layout: Layout): string[] {
  const { colors } = layout;
  return [
    ...(span.message ? [detail(`✗ ${span.message}`, row, layout, colors.red)] : []),
    ...span.events.map((event) => eventLine(event, row, layout)),
    ...span.links.map(({ traceId }) => detail(`↗ linked to trace ${traceId}`, row, layout, colors.dim)),
  ];
}

function eventLine(event: SpanEvent, row: Row, layout: Layout): string {
  const text = printable(`• ${describeEvent(event)}`);
  const { colors, scale, labelWidth: width } = layout;
  return columns(layout, {
    label: colors.dim(row.below + cut(text, width - widthOf(row.below))),
    duration: colors.dim(formatDuration(event.at)),
    code: '',
    bar: colors.dim(' '.repeat(columnOf(event.at, scale)) + '◆'),
  });
}

/** A line below a span without a bar, as wide as the terminal. */
function detail(text: string, { below }: Row, { terminal, colors }: Layout, paint: (text: string) => string): string {
  return colors.dim(below) + paint(cut(printable(text), terminal.width - widthOf(below)));
}

function logLines(line: LogLine, row: Row, layout: Layout): string[] {
  const [first = '', ...more] = layout.formatLog(line).split('\n');
  return [`┆ ${first}`, ...more.map((each) => `┆   ${each}`)].map((each) => detail(each, row, layout, (text) => text));
}

/** @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/ */
function describeEvent({ name, attributes }: SpanEvent): string {
  const { 'exception.type': type, 'exception.message': message, ...rest } = attributes;
  const subject =
    name === 'exception' ? [type, message].flatMap((each) => (each === undefined ? [] : plain(each))).join(': ') : name;
  const facts = Object.entries(rest).filter(([fact]) => !fact.startsWith('exception.'));
  return [subject || name, ...facts.map(([fact, value]) => `${fact}=${plain(value)}`)].join(' ');
}

function plain(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
