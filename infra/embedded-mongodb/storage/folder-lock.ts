import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes a folder for this process alone.
 *
 * The system keeps no locks for Node, so a file names the process that has the folder, and when that began: after a
 * kill the file stays, and its number may be another process's by then.
 *
 * @returns a function that gives the folder back
 * @throws Error that names the process which has it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const mine = describe(process.pid);
  if (!create(path, mine)) {
    const theirs = read(path);
    if (theirs !== undefined) refuseLiving(folder, theirs);
    takeAway(path, theirs, folder);
    if (!create(path, mine)) throw new Error(`another server has just begun to use ${folder}`);
  }
  return () => {
    if (read(path) === mine) rmSync(path, { force: true });
  };
}

/** All of the file at once or none of it. */
function create(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function refuseLiving(folder: string, content: string): void {
  const pid = Number(content.split('\n')[0]);
  if (Number.isInteger(pid) && pid > 0 && describe(pid) === content)
    throw new Error(`${folder} is in use by another server, process ${pid}; end that, or choose another folder`);
}

/** Whoever moves the file has it; what was moved has to be what was found to be stale. */
function takeAway(path: string, stale: string | undefined, folder: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (moved !== stale) linkSync(aside, path);
  rmSync(aside, { force: true });
  if (moved !== stale) throw new Error(`another server has just begun to use ${folder}`);
}

/** A process by its number and its start; one that has ended has none. */
function describe(pid: number): string {
  return `${pid}\n${startOf(pid)}\n`;
}

function startOf(pid: number): string {
  try {
    // After the name, which may hold anything, the start is the 20th field.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return startByPs(pid);
  }
}

function startByPs(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'ended';
  }
}
