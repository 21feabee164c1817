import pc from 'picocolors';
import type { LocalPlan } from '../plan/plan';
import { examplesOf } from './examples';

/** What a person who has just started the platform wants to know. */
export interface BoardFacts {
  plan: LocalPlan;
  /** Process ids by the name of the pod. */
  pids: ReadonlyMap<string, number | undefined>;
  /** What the database is, in words. */
  database: string | undefined;
  /** Where traces are, in words. */
  telemetry?: string | undefined;
  startedInMs: number;
}

/** What runs, where, and what to try. */
export function formatBoard({ plan, pids, database, telemetry, startedInMs }: BoardFacts): string {
  const rows = plan.services.map(({ name, port, addresses, pods }) => {
    const processes = pods.map((pod) => pids.get(pod) ?? '-');
    const shown = addresses.map((address) => (port === 'http' ? `http://${address}` : address));
    return [name, port, shown.join(' ') || 'not here', processes.join(' ')];
  });
  if (database) rows.push(['mongodb', '', database, String(pids.get('mongodb') ?? '')]);
  if (telemetry) rows.push(['traces', '', telemetry, String(pids.get('jaeger') ?? pids.get('telemetry') ?? '')]);
  const lines = [
    `${pc.bold('Weft')} runs ${countOf(plan.pods.length)}, ready in ${(startedInMs / 1000).toFixed(1)} s`,
    '',
    ...table([['service', 'port', 'address', 'process'], ...rows]).map((line, index) =>
      index === 0 ? pc.dim(line) : line,
    ),
    '',
    ...imagesOf(plan),
    ...suggestions(plan, telemetry !== undefined),
    pc.dim('Ctrl-C ends it all.'),
  ];
  return lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
}

function countOf(processes: number): string {
  return processes === 1 ? '1 process' : `${processes} processes`;
}

function table(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function imagesOf({ images }: LocalPlan): string[] {
  if (images.length === 0) return [];
  return [
    `Images need a container runtime, so these do not run here: ${images.join(', ')}.`,
    'A variable of this shell, <SERVICE>_GRPC_URL, can say where one is.',
    '',
  ];
}

function suggestions({ services }: LocalPlan, hasTraces: boolean): string[] {
  const examples = examplesOf(services);
  const lines = [...examples, ...(hasTraces && examples.length > 0 ? ['npx weft trace --last'] : [])];
  return lines.length === 0 ? [] : [pc.dim('try'), ...lines, ''];
}
