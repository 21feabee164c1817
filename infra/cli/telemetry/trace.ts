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
import { telemetrySource } from './telemetry-place';

/** The arguments of `weft trace`. */
export interface TraceOptions {
  /** The id of a trace, or the start of it. */
  id?: string;
  last?: boolean;
  slow?: boolean;
  errors?: boolean;
  service?: string;
  /** A duration: how far back to look. */
  since: string;
  logs?: boolean;
  /** Gives each span a line, even if many are alike. */
  all?: boolean;
  json: boolean;
  jaeger?: string;
  open?: boolean;
}

/** In a trace too long for two screens, this many similar siblings share a line. */
const COLLAPSE_FROM = 3;
const COLLAPSE_SPANS_FROM = 100;

/** Shows a trace, or lists the newest. @throws Error that says what to do if there is nothing to show */
export async function trace(project: () => Project, options: TraceOptions): Promise<void> {
  const { endpoint, isLocal } = telemetrySource(project, {
    api: 'query',
    serverName: 'Jaeger',
    option: '--jaeger',
    url: options.jaeger,
  });
  const search = { jaeger: endpoint, service: options.service, sinceMs: parseDuration(options.since) };
  const find = chooseFinder(search, options);
  if (!find) return list(search, options);
  const onWaiting = (): void => void process.stderr.write('not here yet; waiting up to 2 s\n');
  const found = await (isLocal && !options.slow && !options.errors ? awaitTrace(find, onWaiting) : find());
  if (!found) throw await explainNothingFound(search, options);
  if (options.open) await open(endpoint.url, `/trace/${found.id}`, await hasPage(endpoint));
  else show(found, options, options.logs ? readLogs(found, project) : undefined);
}

function chooseFinder(
  search: TraceSearch,
  { id, last, slow, errors }: TraceOptions,
): (() => Promise<Trace | undefined>) | undefined {
  const finders = [
    ...(id === undefined ? [] : [() => traceById(search, id)]),
    ...(last ? [async () => (await newestTraces(search, 1))[0]] : []),
    ...(slow ? [() => slowestTrace(search)] : []),
    ...(errors ? [() => newestError(search)] : []),
  ];
  if (finders.length > 1) throw new Error('give only one of an id, --last, --slow and --errors');
  return finders[0];
}

async function list(search: TraceSearch, { json, open: opens }: TraceOptions): Promise<void> {
  if (opens) return open(search.jaeger.url, '/search', await hasPage(search.jaeger));
  const traces = await newestTraces(search);
  if (json) process.stdout.write(`${JSON.stringify(traceListJson(traces), null, 2)}\n`);
  else if (traces.length === 0) process.stdout.write(`${(await explainNothingFound(search, {})).message}\n`);
  else
    process.stdout.write(
      `${formatTraceList(traces, terminalOf(process.stdout, process.env), new Date())}\n\n` +
        `npx weft trace ${traces[0]?.id.slice(0, 8)} shows one of them; --last the newest, --slow the slowest, --errors the newest failed one\n`,
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

async function explainNothingFound(search: TraceSearch, { id, errors }: Partial<TraceOptions>): Promise<Error> {
  const { jaeger, service, sinceMs } = search;
  if (id !== undefined)
    return new Error(
      `${jaeger.name} has no trace ${id}: it was not sampled, has been deleted since, or has not arrived yet`,
    );
  const services = await listServices(jaeger);
  if (service !== undefined && !services.includes(service))
    return new Error(`no traces of service "${service}"; services with traces: ${services.join(', ') || 'none yet'}`);
  const which = errors ? 'failed traces' : 'traces';
  return new Error(
    `no ${which} in the last ${sinceMs / 60_000} minutes; call a service, or look further back with --since 24h`,
  );
}

/** The lines on this machine; a cluster keeps its lines elsewhere. */
function readLogs({ id, spans }: Trace, project: () => Project): LinesOfTrace {
  const files = logFilesHere(project);
  const lines = files.flatMap((file) => readLogLines(readFileSync(file, 'utf8'), id));
  if (lines.length === 0)
    process.stderr.write(
      files.length === 0
        ? 'no log lines: npm start has kept none on this machine; for a cluster, search its logs for this trace_id\n'
        : 'no log lines of this trace on this machine: its services run elsewhere, or newer lines have replaced them\n',
    );
  return groupBySpan(lines, spans);
}

function logFilesHere(project: () => Project): string[] {
  try {
    return logFilesIn(project().logs).filter((file) => existsSync(file));
  } catch {
    // A Jaeger can be queried from any folder.
    return [];
  }
}

const LEVELS: Record<number, string> = { 40: 'WARN ', 50: 'ERROR ', 60: 'FATAL ' };

/** Facts that the waterfall shows already. */
const SHOWN = new Set(['trace_id', 'trace_flags']);

function formatLog({ entry }: LogLine): string {
  const facts = Object.fromEntries(Object.entries(entry).filter(([name]) => !SHOWN.has(name)));
  return (LEVELS[Number(entry['level'])] ?? '') + stripVTControlCharacters(formatLine(JSON.stringify(facts)));
}

async function open(base: string, path: string, isThere: boolean): Promise<void> {
  if (!isThere)
    throw new Error(
      `no Jaeger page at ${base}; the trace store of npm start has none: run npm start -- --jaeger, or give --jaeger URL`,
    );
  process.stdout.write(`${base}${path}\n`);
  await openPage(base + path, process.env);
}
