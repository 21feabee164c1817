import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { killGroup } from './process-group';

// A process id may belong to another process by now, so each comes with its command line or a part of it.
const PROCESS = z.object({ pid: z.number(), program: z.string() });

const RUN = PROCESS.extend({
  pods: z.array(PROCESS.extend({ name: z.string(), program: z.string().trim().min(1) })),
  telemetry: z.object({ otlp: z.string(), query: z.string().optional(), metrics: z.string().optional() }).optional(),
  services: z.array(z.object({ name: z.string(), port: z.string(), addresses: z.array(z.string()) })),
});

/** The processes and services on this machine, for the commands; `pid` is the platform's. */
export type RunFile = z.infer<typeof RUN>;

/** Reads the run file. @param path such as `.weft/run.json` @returns undefined if no platform is running */
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
 * Ends the leftover processes of a killed platform.
 *
 * @throws Error if the platform is still running
 */
export function endLeftovers(path: string): void {
  const run = read(path);
  if (run && run.pid !== process.pid && isRunning(run))
    throw new Error(`a platform is already running here (process ${run.pid}); stop it with Ctrl-C or: kill ${run.pid}`);
  for (const pod of run?.pods ?? []) if (isRunning(pod)) end(pod.pid);
  removeRunFile(path);
}

/** @returns undefined for a missing or broken file */
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
    // It has just exited.
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
