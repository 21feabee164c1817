import { formatDuration } from '../terminal/duration-text';
import { colorsOf } from '../terminal/terminal';
import { cut, printable, shorten, widthOf } from '../terminal/width';
import { criticalPath, criticalTimes } from './critical-path';
import type { LogLine } from './log-lines';
import { startDate, servicesOf, type Trace } from './span';
import { type Node, type SpanTree, buildTree } from './tree';
import { formatWaterfall, type WaterfallOptions } from './waterfall';

/** Formats a trace: its facts, its waterfall, and the services on its critical path. */
export function formatTrace(trace: Trace, options: WaterfallOptions): string {
  const { width, colors } = options.terminal;
  const tree = buildTree(trace);
  const lines = [
    colors.bold(`trace ${trace.id}`),
    ...wrap(formatFacts(trace, tree), width),
    '',
    ...formatWaterfall(trace, tree, options),
    '',
    ...formatCriticalPath(trace, tree, options),
    ...formatNotes(tree).flatMap((note) => wrap(note.split(' '), width, ' ')),
    ...(options.logs?.rest ?? []).flatMap((line) => formatOrphanLogs(line, options)),
  ];
  return lines.join('\n');
}

/** The root that names a trace: the longest one. */
export function mainRoot({ roots }: SpanTree): Node | undefined {
  const length = ({ span }: Node): number => span.to - span.from;
  return roots.reduce<Node | undefined>(
    (longest, each) => (longest && length(longest) >= length(each) ? longest : each),
    undefined,
  );
}

/** `12:03:04.123` in local time, with the date if it is another day. */
export function formatTime(date: Date, now: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  const today = date.toDateString() === now.toDateString();
  return today ? local.slice(11, 23) : `${local.slice(0, 10)} ${local.slice(11, 19)}`;
}

function formatFacts(trace: Trace, tree: SpanTree): string[] {
  const errors = trace.spans.filter(({ isError }) => isError).length;
  const services = servicesOf(trace).length;
  return [
    printable(mainRoot(tree)?.span.name ?? ''),
    formatTime(startDate(trace), new Date()),
    formatDuration(trace.duration),
    `${count(trace.spans.length, 'span')} of ${count(services, 'service')}`,
    ...(errors > 0 ? [count(errors, 'error')] : []),
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The share of each service in the critical path, largest first. */
function formatCriticalPath(trace: Trace, tree: SpanTree, { terminal: { width, colors } }: WaterfallOptions): string[] {
  const root = mainRoot(tree);
  const total = root ? root.span.to - root.span.from : 0;
  if (!root || total === 0) return [];
  const byService = new Map<string, number>();
  for (const [{ service }, time] of criticalTimes(criticalPath(root)))
    byService.set(service, (byService.get(service) ?? 0) + time);
  const ofService = colorsOf(servicesOf(trace), colors);
  const shares = [...byService]
    .sort(([, a], [, b]) => b - a)
    .map(([service, time]) => {
      const name = shorten(printable(service), 24);
      return `${ofService(service)(name)} ${formatDuration(time)} (${((time / total) * 100).toFixed(0)} %)`;
    });
  return wrap([`█ critical path: ${shares[0]}`, ...shares.slice(1), '░ other time'], width);
}

function formatNotes({ orphans, early, roots }: SpanTree): string[] {
  const notes: string[] = [];
  if (orphans.length > 0)
    notes.push(
      `note: the parent of ${count(orphans.length, 'span')} is missing; it was lost, not sampled, or has not arrived yet`,
    );
  if (early.length > 0)
    notes.push(`note: ${count(early.length, 'span')} began before its parent: the clocks of the machines differ`);
  if (roots.length > 1 && orphans.length === 0)
    notes.push(`note: ${roots.length} spans have no parent; each is drawn as a root`);
  return notes;
}

function formatOrphanLogs(line: LogLine, { formatLog, terminal: { width } }: WaterfallOptions): string[] {
  return formatLog(line)
    .split('\n')
    .map((each) => cut(printable(`${line.pod}  ${each}`), width));
}

/** Wraps parts into as few lines as possible. */
function wrap(parts: string[], width: number, separator = ' · '): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const longer = last === undefined ? part : last + separator + part;
    if (last === undefined || widthOf(longer) > width) lines.push(cut(part, width));
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
