import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPods, isGone, type Pods, until } from '../testing/pods';

const WAITS = 'setInterval(() => undefined, 1000);';

let pods: Pods;

beforeEach(() => (pods = createPods()));
afterEach(() => pods.end());

describe('a pod that runs', () => {
  test('has the environment of its pod, plus PATH and HOME', async () => {
    process.env['SECRET_OF_THE_SHELL'] = 'x';
    const env = { GRPC_PORT: '40001' };
    const { output } = pods.run('console.log(JSON.stringify(process.env));', { env });
    await until(() => output.length > 0);
    delete process.env['SECRET_OF_THE_SHELL'];
    const { PATH, HOME } = process.env;
    // macOS adds one of its own.
    const { __CF_USER_TEXT_ENCODING: _, ...given } = JSON.parse(output[0] ?? '') as Record<string, string>;
    expect(given).toEqual({ PATH, ...(HOME === undefined ? {} : { HOME }), GRPC_PORT: '40001' });
  });

  test('reports its output line by line', async () => {
    const { output } = pods.run(`process.stdout.write('a\\nb'); process.stderr.write('c\\n'); ${WAITS}`);
    await until(() => output.length === 2);
    expect([...output].sort()).toEqual(['a', 'c']);
  });

  test('has a process id while it runs', async () => {
    const { process: pod, pids, events } = pods.run('process.exit(0);');
    const first = pod.pid;
    expect(first).toBeGreaterThan(0);
    await until(() => events.length === 1);
    expect(pod.pid).toBeUndefined();
    await until(() => pids.some((pid) => pid !== undefined && pid !== first));
    expect(pids).toContain(undefined);
  });
});

describe('a pod that ends', () => {
  test.each([
    ['process.exit(3);', 'exited with code 3'],
    ['process.exit(0);', 'exited with code 0'],
    [`process.kill(process.pid, 'SIGKILL'); ${WAITS}`, 'was killed by SIGKILL'],
  ])('by %s is reported and restarted', async (script, how) => {
    const { events } = pods.run(script);
    await until(() => events.length >= 2);
    expect(events.slice(0, 2)).toEqual([`${how}; restarting in 0.5 s`, `${how}; restarting in 1 s`]);
  });

  test('reports its last output first', async () => {
    const { records } = pods.run(`process.stderr.write('why it ended'); process.exitCode = 1;`);
    await until(() => records.length >= 2);
    expect(records.slice(0, 2)).toEqual(['why it ended', 'exited with code 1; restarting in 0.5 s']);
  });

  // A process in its own session cannot be killed with the pod, but it keeps the pod's output open.
  const startsApart = (code: string): string => `
    const { spawn } = require('node:child_process');
    const options = { detached: true, stdio: 'inherit' };
    console.log(spawn(process.execPath, ['-e', ${JSON.stringify(code)}], options).pid);
    process.exit(1);`;

  test('reports the output of a detached child as well', async () => {
    const { records } = pods.run(startsApart(`setTimeout(() => console.log('late'), 200)`));
    await until(() => records.length >= 3);
    expect(records.slice(1, 3)).toEqual(['late', 'exited with code 1; restarting in 0.5 s']);
  });

  test('does not wait for a detached child', async () => {
    const { process: pod, output, events } = pods.run(startsApart('setTimeout(() => undefined, 15_000)'));
    await until(() => events.length > 0);
    await pod.stop();
    const apart = output.map(Number);
    expect(apart.some(isGone)).toBe(false);
    for (const pid of apart) process.kill(pid, 'SIGKILL');
  });

  test('takes its children with it', async () => {
    const { output, events } = pods.run(`
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', '${WAITS}'], { stdio: 'inherit' });
      console.log(child.pid);
      setTimeout(() => process.exit(1), 200);
    `);
    await until(() => events.length > 0);
    await until(() => isGone(Number(output[0])));
  });
});

describe('a program that cannot be started', () => {
  test.each<[string, string[], RegExp]>([
    ['does not exist', ['no-such-program-anywhere'], /^could not be started: .*ENOENT/],
    ['is not executable', ['./main.cjs'], /^could not be started: .*EACCES/],
    ['has no name', [''], /^could not be started: ./],
  ])('because it %s is reported and retried', async (_, command, how) => {
    const { process: pod, events } = pods.run('', { command });
    let ready = false;
    void pod.firstReady.then(() => (ready = true));
    await until(() => events.length >= 2);
    expect(events[0]).toMatch(how);
    expect(events[1]).toMatch(/; restarting in 1 s$/);
    expect([pod.pid, pod.ready, ready]).toEqual([undefined, false, false]);
    await pod.stop();
  });

  test('because its folder is a file is reported and retried', async () => {
    const first = pods.run(WAITS);
    const folder = join(first.process.pod.folder, 'main.cjs');
    const { events } = pods.run(WAITS, { folder });
    await until(() => events.length >= 2);
    expect(events[0]).toMatch(/^could not be started: .*ENOTDIR/);
  });
});

describe('stop', () => {
  test('sends SIGTERM and waits for the end', async () => {
    const { process: pod, output } = pods.run(`
      process.on('SIGTERM', () => setTimeout(() => { console.log('bye'); process.exit(0); }, 300));
      console.log('up');
      ${WAITS}
    `);
    await until(() => output.includes('up'));
    const pid = Number(pod.pid);
    await pod.stop();
    expect(output).toEqual(['up', 'bye']);
    expect(isGone(pid)).toBe(true);
  });

  test('sends SIGKILL after the grace period', async () => {
    const ignores = `process.on('SIGTERM', () => console.log('no')); console.log('up'); ${WAITS}`;
    const { process: pod, output, events } = pods.run(ignores, { graceSeconds: 2 });
    await until(() => output.includes('up'));
    const pid = Number(pod.pid);
    await pod.stop();
    expect(output).toEqual(['up', 'no']);
    expect(isGone(pid)).toBe(true);
    expect(events).toEqual([]);
  });

  test('leaves no child of the pod behind', async () => {
    const { process: pod, output } = pods.run('', {
      command: ['/bin/sh', '-c', 'node -e "setInterval(() => 0, 1000)" & echo $!; wait'],
    });
    await until(() => output.length > 0);
    await pod.stop();
    await until(() => isGone(Number(output[0])));
  });

  test('returns at once while a pod waits for a restart', async () => {
    const { process: pod, events } = pods.run('process.exit(1);');
    await until(() => events.at(-1)?.endsWith('in 4 s'));
    const started = Date.now();
    await pod.stop();
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(events).toHaveLength(4);
  });

  test('may be called twice', async () => {
    const { process: pod } = pods.run(WAITS);
    await Promise.all([pod.stop(), pod.stop()]);
    await pod.stop();
    expect(pod.pid).toBeUndefined();
  });
});

test('kill ends a pod and its children at once and for good', async () => {
  const {
    process: pod,
    output,
    events,
  } = pods.run(`
    const { spawn } = require('node:child_process');
    process.on('SIGTERM', () => undefined);
    console.log(spawn(process.execPath, ['-e', '${WAITS}']).pid);
    ${WAITS}
  `);
  await until(() => output.length > 0);
  const pid = Number(pod.pid);
  pod.kill();
  await until(() => isGone(pid) && isGone(Number(output[0])));
  await pod.stop();
  expect([events, pod.pid]).toEqual([[], undefined]);
});

test('a restart runs the replaced script', async () => {
  const { process: pod, output } = pods.run(`console.log('old'); process.exit(1);`);
  await until(() => output.includes('old'));
  writeFileSync(join(pod.pod.folder, 'main.cjs'), `console.log('new'); ${WAITS}`);
  await until(() => output.includes('new'));
});
