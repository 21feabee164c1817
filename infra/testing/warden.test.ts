import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { isGone, until } from '../local/testing/pods';

// What is left running when a jest worker ends, dies or hangs.

const WAITS = 'setInterval(() => undefined, 1_000);';
const HAS_A_CHILD = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', '${WAITS}'], { detached: true });
  console.log(child.pid);
  ${WAITS}`;

const children: ChildProcess[] = [];
let warden: ReturnType<typeof node>;
let family: number[];

beforeEach(async () => {
  const parent = node(HAS_A_CHILD);
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  family = [Number(parent.pid), Number(line.toString())];
});

afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

/** Runs a file or a text. */
function node(...args: string[]): ChildProcess & { stdin: Writable; stdout: Readable } {
  const child = spawn(process.execPath, args[0]?.endsWith('.cjs') ? args : ['-e', ...args]);
  children.push(child);
  return child;
}

/** @param lookMs how often it looks for a sign of life */
function startWarden(worker: number | undefined, lookMs = 5_000): void {
  warden = node(join(__dirname, 'warden-process.cjs'), String(worker), String(lookMs));
  warden.stdin.write(`+${family[0]}\n`);
}

test('when the worker dies, the processes that it started are ended, and their children', async () => {
  startWarden(process.pid);
  warden.stdin.end();
  await once(warden, 'exit');
  await until(() => family.every(isGone));
});

test('when a test file is over they are ended, and the warden goes on', async () => {
  startWarden(process.pid);
  warden.stdin.write('!\n');
  await until(() => family.every(isGone));
  expect(warden.exitCode).toBeNull();
});

test('a process that has exited is left alone: its id may be that of another by now', async () => {
  startWarden(process.pid);
  warden.stdin.end(`-${family[0]}\n`);
  await once(warden, 'exit');
  expect(family.some(isGone)).toBe(false);
  process.kill(family[1] ?? 0);
});

test('a worker that gives no sign of life is ended', async () => {
  const worker = node(WAITS);
  startWarden(worker.pid, 10);
  expect(await once(worker, 'exit')).toEqual([null, 'SIGKILL']);
});
