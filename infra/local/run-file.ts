import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const RUN = z.object({
  /** The process that runs the platform. */
  pid: z.number(),
  pods: z.array(z.object({ name: z.string(), pid: z.number(), program: z.string() })),
  services: z.array(z.object({ name: z.string(), port: z.string(), addresses: z.array(z.string()) })),
});

/** What runs on this machine, for the commands. */
export type RunFile = z.infer<typeof RUN>;

/** @param path of the file, for example `.weft/run.json` @returns nothing where no platform runs */
export function readRunFile(path: string): RunFile | undefined {
  if (!existsSync(path)) return undefined;
  const run = RUN.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  return run.success && isAlive(run.data.pid) ? run.data : undefined;
}

export function writeRunFile(path: string, run: RunFile): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(run, null, 2));
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
  if (!existsSync(path)) return;
  const { success, data } = RUN.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (success && isAlive(data.pid) && data.pid !== process.pid)
    throw new Error(`a platform runs here already (process ${data.pid}); end it with Ctrl-C, or: kill ${data.pid}`);
  // A process id may be somebody else's by now, so its program is looked at too.
  for (const { pid, program } of data?.pods ?? [])
    if (isAlive(pid) && commandLine(pid).includes(program)) process.kill(pid, 'SIGKILL');
  removeRunFile(path);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function commandLine(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
