import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { killGroup } from './process-group';

// A process id may be somebody else's by now, after a restart of the machine for example, so a command line
// stands beside each: all of it, or a part.
const PROCESS = z.object({ pid: z.number(), program: z.string() });

const RUN = PROCESS.extend({
  pods: z.array(PROCESS.extend({ name: z.string(), program: z.string().trim().min(1) })),
  telemetry: z.object({ otlp: z.string(), query: z.string().optional(), metrics: z.string().optional() }).optional(),
  services: z.array(z.object({ name: z.string(), port: z.string(), addresses: z.array(z.string()) })),
});

/** What runs on this machine, for the commands; `pid` is that of the platform. */
export type RunFile = z.infer<typeof RUN>;

/** @param path of the file, for example `.weft/run.json` @returns nothing where no platform runs */
export function readRunFile(path: string): RunFile | undefined {
  const run = read(path);
  return run && isRunning(run) ? run : undefined;
}

export function writeRunFile(path: string, run: Omit<RunFile, 'program'>): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify({ program: commandLine(run.pid), ...run }, null, 2));
  renameSync(`${path}.new`, path);
}

export function removeRunFile(path: string): void {
  rmSync(path, { force: true });
}

/**
 * Ends what a platform left behind that was itself killed.
 *
 * @throws Error when the platform still runs
 */
export function endLeftovers(path: string): void {
  const run = read(path);
  if (run && run.pid !== process.pid && isRunning(run))
    throw new Error(`a platform runs here already (process ${run.pid}); end it with Ctrl-C, or: kill ${run.pid}`);
  for (const pod of run?.pods ?? []) if (isRunning(pod)) end(pod.pid);
  removeRunFile(path);
}

/** @returns nothing also for a file that is broken: there is nothing to learn from it */
function read(path: string): RunFile | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return RUN.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function isRunning({ pid, program }: z.infer<typeof PROCESS>): boolean {
  try {
    process.kill(pid, 0);
    return commandLine(pid).includes(program);
  } catch {
    return false;
  }
}

function end(pid: number): void {
  try {
    // A pod leads its process group.
    if (!killGroup(pid)) process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

function commandLine(pid: number): string {
  try {
    if (existsSync('/proc/self/cmdline'))
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
