import { existsSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { parseDuration } from '../../../services/kit/declaration/duration';
import { logFilesIn } from '../../local/processes/log-file';
import { formatLine } from '../../local/console/log-line';
import {
  awaitTrace,
  newestError,
  newestTraces,
  slowestTrace,
  traceById,
  type TraceSearch,
} from '../../telemetry-query/find-traces';
import { hasPage, listServices } from '../../telemetry-query/jaeger';
import { terminalOf } from '../../terminal/terminal';
import { groupBySpan, type LinesOfTrace, type LogLine, readLogLines } from '../../trace-view/log-lines';
import type { Trace } from '../../trace-view/span';
import { traceJson, traceListJson } from '../../trace-view/trace-json';
import { formatTraceList } from '../../trace-view/trace-list';
import { formatTrace } from '../../trace-view/trace-text';
import { openPage } from './open-page';
import type { Project } from '../build/project';
import { telemetryPlace } from './telemetry-place';

/** What `weft trace` was told. */
export interface TraceOptions {
  /** Of a trace, or the beginning of one. */
  id?: string;
  last?: boolean;
  slow?: boolean;
  errors?: boolean;
  service?: string;
  /** A duration: how far back to look. */
  since: string;
  logs?: boolean;
  /** Whether each span has a line, also where many are alike. */
  all?: boolean;
  json: boolean;
  jaeger?: string;
  open?: boolean;
}

/** Siblings that are alike share a line from this number on, in traces that would not fit on a screen or two. */
const COLLAPSE_FROM = 3;
const COLLAPSE_SPANS_FROM = 100;

/** Shows a trace, or lists the newest. @throws Error that says what to do where there is nothing to show */
export async function trace(project: () => Project, options: TraceOptions): Promise<void> {
  const { endpoint, isLocal } = telemetryPlace(project, {
    asks: 'query',
    what: 'Jaeger',
    option: '--jaeger',
    url: options.jaeger,
  });
  const search = { jaeger: endpoint, service: options.service, sinceMs: parseDuration(options.since) };
  const find = finderOf(search, options);
  if (!find) return list(search, options);
  const waiting = (): void => void process.stderr.write('not here yet; waiting for it, at most 2 s\n');
  const found = await (isLocal && !options.slow && !options.errors ? awaitTrace(find, waiting) : find());
  if (!found) throw await nothingFound(search, options);
  if (options.open) await open(endpoint.url, `/trace/${found.id}`, await hasPage(endpoint));
  else show(found, options, options.logs ? logsOf(found, project) : undefined);
}

function finderOf(
  search: TraceSearch,
  { id, last, slow, errors }: TraceOptions,
): (() => Promise<Trace | undefined>) | undefined {
  const finders = [
    ...(id === undefined ? [] : [() => traceById(search, id)]),
    ...(last ? [async () => (await newestTraces(search, 1))[0]] : []),
    ...(slow ? [() => slowestTrace(search)] : []),
    ...(errors ? [() => newestError(search)] : []),
  ];
  if (finders.length > 1) throw new Error('give one of an id, --last, --slow and --errors');
  return finders[0];
}

async function list(search: TraceSearch, { json, open: opens }: TraceOptions): Promise<void> {
  if (opens) return open(search.jaeger.url, '/search', await hasPage(search.jaeger));
  const traces = await newestTraces(search);
  if (json) process.stdout.write(`${JSON.stringify(traceListJson(traces), null, 2)}\n`);
  else if (traces.length === 0) process.stdout.write(`${(await nothingFound(search, {})).message}\n`);
  else
    process.stdout.write(
      `${formatTraceList(traces, terminalOf(process.stdout, process.env), new Date())}\n\n` +
        `npx weft trace ${traces[0]?.id.slice(0, 8)} shows one of them; --last the newest, --slow the slowest, --errors the newest that failed\n`,
    );
}

function show(found: Trace, { json, all }: TraceOptions, logs: LinesOfTrace | undefined): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(traceJson(found, logs), null, 2)}\n`);
    return;
  }
  const collapses = !all && found.spans.length >= COLLAPSE_SPANS_FROM;
  const terminal = terminalOf(process.stdout, process.env);
  const collapseFrom = collapses ? COLLAPSE_FROM : Infinity;
  process.stdout.write(`${formatTrace(found, { terminal, collapseFrom, logs, formatLog })}\n`);
}

async function nothingFound(search: TraceSearch, { id, slow, errors }: Partial<TraceOptions>): Promise<Error> {
  const { jaeger, service, sinceMs } = search;
  if (id !== undefined)
    return new Error(
      `${jaeger.what} has no trace ${id}: it was not sampled, or is older than what is kept, or has not arrived yet`,
    );
  const services = await listServices(jaeger);
  if (service !== undefined && !services.includes(service))
    return new Error(`no service "${service}" has traces; these do: ${services.join(', ') || 'none yet'}`);
  const which = errors ? 'with a failure' : slow ? 'to compare' : 'yet';
  return new Error(
    `no traces ${which} in the last ${sinceMs / 60_000} minutes; call a service, or look further back with --since 24h`,
  );
}

/** The lines that this machine has; on a cluster they are elsewhere. */
function logsOf({ id, spans }: Trace, project: () => Project): LinesOfTrace {
  const files = logFilesHere(project);
  const lines = files.flatMap((file) => readLogLines(readFileSync(file, 'utf8'), id));
  if (lines.length === 0)
    process.stderr.write(
      files.length === 0
        ? 'no log lines: npm start keeps those of the services on this machine, and none are here; for others ask the place where a cluster keeps its logs for trace_id\n'
        : 'no log lines of this trace are on this machine: the services that wrote them run elsewhere, or newer lines have replaced them\n',
    );
  return groupBySpan(lines, spans);
}

function logFilesHere(project: () => Project): string[] {
  try {
    return logFilesIn(project().logs).filter((file) => existsSync(file));
  } catch {
    // Jaeger may be asked from any folder.
    return [];
  }
}

const LEVELS: Record<number, string> = { 40: 'WARN ', 50: 'ERROR ', 60: 'FATAL ' };

/** What the waterfall itself says of every line: which trace, which span. */
const SHOWN = new Set(['trace_id', 'trace_flags']);

function formatLog({ entry }: LogLine): string {
  const facts = Object.fromEntries(Object.entries(entry).filter(([name]) => !SHOWN.has(name)));
  return (LEVELS[Number(entry['level'])] ?? '') + stripVTControlCharacters(formatLine(JSON.stringify(facts)));
}

async function open(base: string, path: string, isThere: boolean): Promise<void> {
  if (!isThere)
    throw new Error(
      `there is no page of Jaeger at ${base}; what npm start keeps traces in has none. Run a real one with npm start -- --jaeger, or give --jaeger URL`,
    );
  process.stdout.write(`${base}${path}\n`);
  await openPage(base + path, process.env);
}
