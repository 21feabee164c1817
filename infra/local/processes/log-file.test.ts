import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../testing/pods';
import { logFilesIn, openLogFile } from './log-file';

let folder: string;

beforeEach(() => (folder = join(mkdtempSync(join(tmpdir(), 'weft-log-')), 'logs')));
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const failed = (error: Error): void => {
  throw error;
};

const read = (): string[] =>
  logFilesIn(folder)
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));

test('keeps lines with the name of their pod, readable only by this user', async () => {
  const log = openLogFile(folder, { failed });
  log.write('greeter-0', '{"level":30,"msg":"serving"}');
  log.write('worker-0', 'plain "text"');
  log.close();
  await until(() => read().length === 2);
  expect(read().map((line) => JSON.parse(line) as unknown)).toEqual([
    { pod: 'greeter-0', line: { level: 30, msg: 'serving' } },
    { pod: 'worker-0', line: 'plain "text"' },
  ]);
  expect(statSync(join(folder, 'current.ndjson')).mode & 0o077).toBe(0);
});

test('the log of an earlier platform is deleted', () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'previous.ndjson'), 'old\n');
  openLogFile(folder, { failed }).close();
  expect(readdirSync(folder)).toEqual(['current.ndjson']);
});

test('at most two files of limited size hold the newest lines, each whole', async () => {
  const log = openLogFile(folder, { failed, maxBytes: 1_000 });
  for (let index = 0; index < 200; index++) log.write('p', `{"index":${index}}`);
  log.close();
  await until(() => read().at(-1)?.includes('199') ?? false);
  const indexes = read().map((line) => (JSON.parse(line) as { line: { index: number } }).line.index);
  expect(indexes).toEqual(indexes.map((_, at) => 200 - indexes.length + at));
  expect(indexes.length).toBeGreaterThan(30);
  expect(readdirSync(folder).sort()).toEqual(['current.ndjson', 'previous.ndjson']);
  for (const file of logFilesIn(folder)) expect(statSync(file).size).toBeLessThanOrEqual(1_000);
});

test('a failed write is reported once, and later writes do nothing', () => {
  writeFileSync(folder.replace(/logs$/, 'file'), '');
  const told: string[] = [];
  const log = openLogFile(folder.replace(/logs$/, 'file/logs'), { failed: ({ message }) => told.push(message) });
  log.write('p', 'line');
  log.close();
  expect(told).toEqual([expect.stringContaining('ENOTDIR')]);
});
