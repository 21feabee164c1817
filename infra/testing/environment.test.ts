import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isGone } from '../local/testing/pods';

// A run of jest whose tests fail in the middle and close nothing.

const ROOT = join(__dirname, '../..');

const FAILS = `
const { spawn } = require('node:child_process');
const { createServer } = require('node:net');
const { writeFileSync } = require('node:fs');

test('fails with a load, a server and processes', async () => {
  const child = spawn(process.execPath, ['-e', "require('node:child_process').spawn('sleep', ['1000'], { detached: true }); setInterval(() => 0, 1000);"]);
  writeFileSync('pids', String(child.pid));
  createServer().listen(0);
  setInterval(() => undefined, 10);
  throw new Error('in the middle');
});`;

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'weft-jest-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs jest as `npm test` does. @returns what it said, once it has ended by itself */
function jestIn(root: string): Promise<{ code: unknown; said: string }> {
  const { jest: config } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { jest: object };
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const own = { ...config, rootDir: root, testMatch: ['**/*.test.js'], setupFilesAfterEnv: [] };
  writeFileSync(
    join(root, 'jest.config.json'),
    JSON.stringify({ ...own, testEnvironment: join(__dirname, 'environment.ts') }),
  );
  return new Promise((resolve) => {
    execFile(join(ROOT, 'node_modules/.bin/jest'), ['--ci'], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    );
  });
}

test('ends by itself, ends the processes, and says what was left open', async () => {
  writeFileSync(join(folder, 'fails.test.js'), FAILS);
  const { code, said } = await jestIn(folder);
  expect(code).toBe(1);
  expect(said).toMatch(/this test file left open: .*1 TCPServerWrap/);
  expect(said).toContain('1 Timeout');
  expect(said).toContain('in the middle');
  expect(isGone(Number(readFileSync(join(folder, 'pids'), 'utf8')))).toBe(true);
});
