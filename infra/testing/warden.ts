import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

const HEARTBEAT_MS = 1_000;

const running = new Set<ChildProcess>();
let tell: ((line: string) => void) | undefined;

/** Starts the process that watches this one, once: `warden-process.cjs` says what it does. */
export function startWarden(): void {
  if (tell) return;
  const stdin = spawnUnwatched();
  tell = (line) => void stdin.write(`${line}\n`);
  setInterval(() => tell?.('.'), HEARTBEAT_MS).unref();
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    // It has no id before it is spawned, which happens in this turn.
    process.nextTick(() => watch(child));
  });
}

function spawnUnwatched(): Writable {
  const program = join(__dirname, 'warden-process.cjs');
  // In a group of its own, so that Ctrl-C ends it last.
  const child = spawn(process.execPath, [program, String(process.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.unref();
  // A pipe to a process is a socket.
  (child.stdin as Writable & { unref(): void }).unref();
  return child.stdin;
}

function watch(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  running.add(child);
  tell?.(`+${child.pid}`);
  child.once('exit', () => {
    running.delete(child);
    tell?.(`-${child.pid}`);
  });
}

/** Ends every process that this one has started and that still runs, with its children. */
export async function endProcesses(): Promise<void> {
  const ended = [...running].map((child) => once(child, 'exit'));
  if (ended.length > 0) tell?.('!');
  await Promise.all(ended);
}
