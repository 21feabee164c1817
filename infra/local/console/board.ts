import pc from 'picocolors';
import type { LocalPlan } from '../plan/plan';
import { examplesOf } from './examples';

/** The facts for a person who has just started the platform. */
export interface BoardFacts {
  plan: LocalPlan;
  /** Process ids by the name of the pod. */
  pids: ReadonlyMap<string, number | undefined>;
  /** Describes the database. */
  database: string | undefined;
  /** Describes where traces are. */
  telemetry?: string | undefined;
  startedInMs: number;
}

/** Formats the processes and their addresses, and commands to try. */
export function formatBoard({ plan, pids, database, telemetry, startedInMs }: BoardFacts): string {
  const rows = plan.services.map(({ name, port, addresses, pods }) => {
    const processes = pods.map((pod) => pids.get(pod) ?? '-');
    const shown = addresses.map((address) => (port === 'http' ? `http://${address}` : address));
    return [name, port, shown.join(' ') || 'not running here', processes.join(' ')];
  });
  if (database) rows.push(['mongodb', '', database, String(pids.get('mongodb') ?? '')]);
  if (telemetry) rows.push(['traces', '', telemetry, String(pids.get('jaeger') ?? pids.get('telemetry') ?? '')]);
  const lines = [
    `${pc.bold('Weft')} runs ${countOf(plan.pods.length)}, ready in ${(startedInMs / 1000).toFixed(1)} s`,
    '',
    ...formatTable([['service', 'port', 'address', 'process'], ...rows]).map((line, index) =>
      index === 0 ? pc.dim(line) : line,
    ),
    '',
    ...formatImages(plan),
    ...formatSuggestions(plan, telemetry !== undefined),
    pc.dim('Ctrl-C stops everything.'),
  ];
  return lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
}

function countOf(processes: number): string {
  return processes === 1 ? '1 process' : `${processes} processes`;
}

function formatTable(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function formatImages({ images }: LocalPlan): string[] {
  if (images.length === 0) return [];
  return [
    `Not running here, since their images need a container runtime: ${images.join(', ')}.`,
    'To use one that runs elsewhere, set <SERVICE>_GRPC_URL in this shell.',
    '',
  ];
}

function formatSuggestions({ services }: LocalPlan, hasTraces: boolean): string[] {
  const examples = examplesOf(services);
  const lines = [...examples, ...(hasTraces && examples.length > 0 ? ['npx weft trace --last'] : [])];
  return lines.length === 0 ? [] : [pc.dim('try'), ...lines, ''];
}
