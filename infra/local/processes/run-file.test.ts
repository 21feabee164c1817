import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isGone, until } from '../testing/pods';
import { killGroup } from './process-group';
import { endLeftovers, readRunFile, removeRunFile, type RunFile, writeRunFile } from './run-file';

let root: string;
let file: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-run-'));
  file = join(root, '.weft/run.json');
});

afterEach(() => {
  for (const { pid } of children.splice(0)) killGroup(pid);
  rmSync(root, { recursive: true });
});

/** Starts a script of this name that waits. */
async function start(name: string, source = ''): Promise<number> {
  writeFileSync(join(root, name), `${source}; setInterval(() => 0, 1000); console.log('up');`);
  const child = spawn(process.execPath, [`./${name}`], { cwd: root, detached: true });
  children.push(child);
  await once(child.stdout, 'data');
  return Number(child.pid);
}

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return Number(child.pid);
}

/** The run file of a killed platform. */
function leave(run: Partial<RunFile>): void {
  mkdirSync(join(root, '.weft'));
  writeFileSync(file, JSON.stringify({ pid: 1, program: 'weft', pods: [], services: [], ...run }));
}

const SERVICES = [{ name: 'greeter', port: 'grpc', addresses: ['127.0.0.1:40001'] }];

describe('the file', () => {
  test('names the processes while the platform runs', async () => {
    expect(readRunFile(file)).toBeUndefined();
    const pid = await start('platform.cjs');
    const pods = [{ name: 'greeter-0', pid: 2, program: 'node ./greeter.cjs' }];
    writeRunFile(file, { pid, pods, services: SERVICES });
    expect(readRunFile(file)).toMatchObject({ pid, pods, services: SERVICES });
    process.kill(pid, 'SIGKILL');
    await until(() => isGone(pid));
    expect(readRunFile(file)).toBeUndefined();
  });

  test('is replaced atomically, and can be removed twice', () => {
    writeRunFile(file, { pid: process.pid, pods: [], services: SERVICES });
    writeRunFile(file, { pid: process.pid, pods: [], services: [] });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, services: [] });
    expect(existsSync(`${file}.new`)).toBe(false);
    removeRunFile(file);
    removeRunFile(file);
    expect(existsSync(file)).toBe(false);
  });

  test('is ignored if the platform’s id belongs to another process', async () => {
    leave({ pid: await start('editor.cjs'), program: '/usr/bin/node infra/cli/weft.cjs start' });
    expect(readRunFile(file)).toBeUndefined();
  });

  test.each([
    ['broken', '{"pid": 1'],
    ['empty', ''],
    ['of another form', '{"pid":"1"}'],
  ])('that is %s is ignored', (_, text) => {
    mkdirSync(join(root, '.weft'));
    writeFileSync(file, text);
    expect(readRunFile(file)).toBeUndefined();
    endLeftovers(file);
    expect(existsSync(file)).toBe(false);
  });
});

describe('starting after another platform', () => {
  test('is refused while it runs, with how to stop it', async () => {
    const pid = await start('platform.cjs');
    const pod = await start('greeter.cjs');
    writeRunFile(file, { pid, pods: [{ name: 'greeter-0', pid: pod, program: './greeter.cjs' }], services: [] });
    expect(() => endLeftovers(file)).toThrow(
      `a platform is already running here (process ${pid}); stop it with Ctrl-C or: kill ${pid}`,
    );
    expect([isGone(pod), existsSync(file)]).toEqual([false, true]);
  });

  test('is not refused by a process that only has its id', async () => {
    const pid = await start('editor.cjs');
    leave({ pid, program: '/usr/bin/node infra/cli/weft.cjs start' });
    endLeftovers(file);
    expect([isGone(pid), existsSync(file)]).toEqual([false, false]);
  });

  test('is not refused by an old file with the id of this process', async () => {
    writeRunFile(file, { pid: process.pid, pods: [], services: [] });
    endLeftovers(file);
    expect(existsSync(file)).toBe(false);
  });

  test('ends its leftover pods and no other process', async () => {
    const [pod, other] = [await start('greeter.cjs'), await start('editor.cjs')];
    leave({
      pid: await endedProcess(),
      pods: [
        { name: 'greeter-0', pid: pod, program: `${process.execPath} ./greeter.cjs` },
        { name: 'greeter-1', pid: await endedProcess(), program: `${process.execPath} ./greeter.cjs` },
        // Its id was reused by another process.
        { name: 'greeter-2', pid: other, program: `${process.execPath} ./greeter.cjs` },
      ],
    });
    endLeftovers(file);
    await until(() => isGone(pod));
    expect([isGone(other), existsSync(file)]).toEqual([false, false]);
  });

  test('ends a pod whose last argument is blank', async () => {
    const pod = await start('greeter.cjs');
    leave({ pid: await endedProcess(), pods: [{ name: 'greeter-0', pid: pod, program: './greeter.cjs ' }] });
    endLeftovers(file);
    await until(() => isGone(pod));
  });

  test('ends the children of a pod as well', async () => {
    const spawnsChild = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
      require('node:fs').writeFileSync('child', String(child.pid));`;
    const pod = await start('parent.cjs', spawnsChild);
    const child = Number(readFileSync(join(root, 'child'), 'utf8'));
    leave({ pid: await endedProcess(), pods: [{ name: 'parent-0', pid: pod, program: './parent.cjs' }] });
    endLeftovers(file);
    await until(() => isGone(pod) && isGone(child));
  });

  test('works without a run file', () => {
    endLeftovers(file);
    expect(existsSync(file)).toBe(false);
  });
});
