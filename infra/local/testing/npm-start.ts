import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { until } from '../../../services/kit/testing/programs/until';
import { type RunFile, readRunFile } from '../processes/run-file';

const PROJECT = join(__dirname, '../../..');
const NOT_COPIED = new Set(['node_modules', '.git', 'build', 'dist', 'lib', '.weft', 'proto/gen']);

/** A copy of this project, like a clone. */
export interface Project {
  root: string;
  remove(): void;
}

/** Copies this project and links its installed packages. */
export function copyProject(): Project {
  const root = mkdtempSync(join(tmpdir(), 'weft-platform-'));
  cpSync(PROJECT, root, { recursive: true, filter: (source) => !NOT_COPIED.has(relative(PROJECT, source)) });
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** `npm start`, running. */
export interface Platform {
  readonly process: ChildProcess;
  /** The output so far. */
  output(): string;
  /** The run file. */
  board(): RunFile;
  /** The address of a service. */
  address(service: string): string;
  /** Polls until the condition holds, for as long as the platform prints. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** Runs `npm start` in a project and waits for the board. */
export async function npmStart(root: string, environment: Readonly<Record<string, string>> = {}): Promise<Platform> {
  // A process group of its own, so that signals reach all of it, as from a terminal.
  const env = { ...process.env, NO_COLOR: '1', ...environment };
  const child = spawn('npm', ['start'], { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const platform = createPlatform(root, child, () => output);
  await platform.until(() => {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${output}`);
    return output.includes('Ctrl-C stops everything');
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
      await until(condition.toString(), condition, output);
    },
    stop: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const closed = once(child, 'close');
      process.kill(-child.pid, signal);
      await closed;
    },
  };
}
