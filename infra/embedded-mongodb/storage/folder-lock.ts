import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Locks a folder for this process.
 *
 * Node has no file locks, so a file names the process that uses the folder and its start time: the file survives a kill,
 * and another process may get the same id later.
 *
 * @returns a function that releases the folder
 * @throws Error that names the process that uses it
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

/** Creates the file atomically. */
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
    throw new Error(`${folder} is in use by another server, process ${pid}; stop it or choose another folder`);
}

/** Moving the file takes the lock, provided the moved file is the stale one. */
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

/** Identifies a running process by its id and start time; undefined if it has ended. */
function describe(pid: number): string {
  return `${pid}\n${startOf(pid)}\n`;
}

function startOf(pid: number): string {
  try {
    // The start time is the 20th field after the name, which can contain any character.
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
