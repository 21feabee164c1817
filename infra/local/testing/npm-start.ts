import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunFile, readRunFile } from '../processes/run-file';

const PROJECT = join(__dirname, '../../..');
const NOT_COPIED = new Set(['node_modules', '.git', 'build', 'dist', 'lib', '.weft', 'proto/gen']);

/** A project of its own, as a clone would be. */
export interface Project {
  root: string;
  remove(): void;
}

/** Copies this project, with links to the packages that are installed in it. */
export function copyProject(): Project {
  const root = mkdtempSync(join(tmpdir(), 'weft-platform-'));
  cpSync(PROJECT, root, { recursive: true, filter: (source) => !NOT_COPIED.has(relative(PROJECT, source)) });
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** `npm start`, running. */
export interface Platform {
  readonly process: ChildProcess;
  /** Everything it has printed. */
  output(): string;
  /** What it says that runs. */
  board(): RunFile;
  /** Where a service is. */
  address(service: string): string;
  /** Waits for what another process does, and not for ever. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a project as a person would, and waits until it says that all of it runs. */
export async function npmStart(root: string, environment: Readonly<Record<string, string>> = {}): Promise<Platform> {
  // A group of its own, which gets signals whole, as one in a terminal does.
  const env = { ...process.env, NO_COLOR: '1', ...environment };
  const child = spawn('npm', ['start'], { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const platform = createPlatform(root, child, () => output);
  await platform.until(() => {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${output}`);
    return output.includes('Ctrl-C ends it all');
  });
  return platform;
}

function createPlatform(root: string, child: ChildProcess, output: () => string): Platform {
  const board = (): RunFile => {
    const found = readRunFile(join(root, '.weft/run.json'));
    if (!found) throw new Error('a running platform writes .weft/run.json');
    return found;
  };
  return {
    process: child,
    output,
    board,
    address: (service) => board().services.find(({ name }) => name === service)?.addresses[0] ?? 'nowhere',
    until: async (condition) => {
      const deadline = Date.now() + 60_000;
      while (!(await condition())) {
        if (Date.now() > deadline) throw new Error(`it did not happen in a minute:\n${output()}`);
        await sleep(50);
      }
    },
    stop: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const closed = once(child, 'close');
      process.kill(-child.pid, signal);
      await closed;
    },
  };
}
