import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPods, isGone, type Pods, until } from '../testing/pods';
import type { LocalPod, LocalProbe } from '../plan/plan';
import { createPortChooser } from '../plan/ports';

let pods: Pods;
let port: number;

beforeEach(async () => {
  pods = createPods();
  port = await createPortChooser()();
});
afterEach(() => pods.end());

const probe = (target: Partial<LocalProbe>): LocalProbe => ({
  port,
  initialDelaySeconds: 0,
  periodSeconds: 0.1,
  failureThreshold: 2,
  timeoutSeconds: 1,
  ...target,
});

/** The pod settings for these probes. */
const probed = (probes: LocalPod['probes'], graceSeconds = 20): Partial<LocalPod> => ({
  probes,
  graceSeconds,
  env: { PORT: String(port) },
});

const PACKAGES = {
  grpc: JSON.stringify(require.resolve('@grpc/grpc-js')),
  health: JSON.stringify(require.resolve('grpc-health-check')),
};

const SERVERS = {
  grpc: `
    const { Server, ServerCredentials } = require(${PACKAGES.grpc});
    const { HealthImplementation } = require(${PACKAGES.health});
    const serve = () => {
      const server = new Server();
      new HealthImplementation({ '': 'SERVING' }).addToServer(server);
      server.bindAsync('127.0.0.1:' + process.env.PORT, ServerCredentials.createInsecure(), () => undefined);
    };`,
  // The answer depends on the path: /x is well unless flag('x') is set.
  http: `
    const serve = () => require('node:http').createServer(({ url }, response) => {
      response.writeHead(flag(url.slice(1)) ? 503 : 200).end();
    }).listen(Number(process.env.PORT), '127.0.0.1');`,
  tcp: `
    const serve = () => require('node:net').createServer((socket) => socket.on('error', () => undefined))
      .listen(Number(process.env.PORT), '127.0.0.1');`,
};

const whenFlagged = 'const timer = setInterval(() => { if (flag("serve")) { clearInterval(timer); serve(); } }, 20);';

test.each<[keyof typeof SERVERS, Partial<LocalProbe>]>([
  ['grpc', { grpcService: '' }],
  ['http', { httpPath: '/' }],
  ['tcp', {}],
])('a pod is ready only when its %s probe succeeds', async (kind, target) => {
  const script = `${SERVERS[kind]} ${whenFlagged} console.log('up');`;
  const { process: pod, output, events, flag } = pods.run(script, probed({ readiness: probe(target) }));
  await until(() => output.includes('up'));
  await sleep(400);
  expect(pod.ready).toBe(false);
  flag('serve');
  await pod.firstReady;
  expect(pod.ready).toBe(true);
  expect(events).toEqual([]);
});

test('a pod without probes is ready when it runs', async () => {
  const { process: pod } = pods.run('setInterval(() => undefined, 1000);');
  await pod.firstReady;
  expect([pod.ready, typeof pod.pid]).toEqual([true, 'number']);
});

test('a pod that exited is not ready until its next start', async () => {
  const script = `${SERVERS.http} serve(); setInterval(() => flag('end') && process.exit(1), 20);`;
  const { process: pod, events, flag } = pods.run(script, probed({ readiness: probe({ httpPath: '/' }) }));
  await pod.firstReady;
  flag('end');
  await until(() => events.length > 0);
  expect(pod.ready).toBe(false);
  flag('end', false);
  await until(() => pod.ready);
});

describe('readiness', () => {
  test('that fails and recovers changes only readiness', async () => {
    const readiness = probe({ httpPath: '/ready' });
    const { process: pod, events, flag } = pods.run(`${SERVERS.http} serve();`, probed({ readiness }));
    await pod.firstReady;
    const { pid } = pod;
    flag('ready');
    await until(() => !pod.ready);
    flag('ready', false);
    await until(() => pod.ready);
    expect([pod.pid, events]).toEqual([pid, []]);
  });

  test('that never succeeds does not end the process', async () => {
    const readiness = probe({ httpPath: '/' });
    const { process: pod, events } = pods.run('setInterval(() => undefined, 1000);', probed({ readiness }));
    const { pid } = pod;
    await sleep(1_500);
    expect([pod.ready, pod.pid, events]).toEqual([false, pid, []]);
  });
});

describe('a startup probe', () => {
  const startup = () => probe({ httpPath: '/startup' });

  test('comes before the others', async () => {
    const probes = { startup: startup(), readiness: probe({ httpPath: '/' }), liveness: probe({ httpPath: '/live' }) };
    const patient = { ...probes, startup: { ...startup(), failureThreshold: 1_000 } };
    const { process: pod, events, flag } = pods.run(`${SERVERS.http} ${whenFlagged}`, probed(patient));
    flag('startup');
    flag('live');
    flag('serve');
    await sleep(1_000);
    expect([pod.ready, events]).toEqual([false, []]);
    flag('live', false);
    flag('startup', false);
    await pod.firstReady;
  });

  test('that fails in time ends the process, which is restarted', async () => {
    const { events } = pods.run('setInterval(() => undefined, 1000);', probed({ startup: startup() }));
    await until(() => events.length >= 2);
    expect(events.slice(0, 2)).toEqual([
      'failed its startup probe; stopping it',
      'was killed by SIGTERM; restarting in 0.5 s',
    ]);
  });

  test('has its initial delay as extra time', async () => {
    const late = { ...startup(), initialDelaySeconds: 15 };
    const script = `${SERVERS.http} setTimeout(serve, 1000);`;
    const { process: pod, events } = pods.run(script, probed({ startup: late }));
    await pod.firstReady;
    expect(events).toEqual([]);
  });

  test('does not make a pod ready that exited meanwhile', async () => {
    const held: ServerResponse[] = [];
    const server = createServer((_, response) => held.push(response)).listen(port, '127.0.0.1');
    const patient = { ...startup(), timeoutSeconds: 60, failureThreshold: 1_000 };
    const { process: pod, events } = pods.run('setTimeout(process.exit, 100, 1);', probed({ startup: patient }));
    let ready = false;
    void pod.firstReady.then(() => (ready = true));
    await until(() => events.length > 0 && held.length > 0);
    held[0]?.end();
    await sleep(500);
    server.closeAllConnections();
    server.close();
    expect([ready, pod.ready]).toEqual([false, false]);
  });
});

describe('a liveness probe', () => {
  const liveness = () => probe({ httpPath: '/live' });
  // Independent of the script's start-up time.
  const startup = () => probe({ httpPath: '/', failureThreshold: 1_000 });

  test('that fails ends the process, and another takes its place', async () => {
    const script = `${SERVERS.http} serve();`;
    const { process: pod, events, flag } = pods.run(script, probed({ startup: startup(), liveness: liveness() }));
    await pod.firstReady;
    const pid = Number(pod.pid);
    await sleep(500);
    expect(events).toEqual([]);
    flag('live');
    await until(() => events.length >= 2);
    expect(events.slice(0, 2)).toEqual([
      'failed its liveness probe; stopping it',
      'was killed by SIGTERM; restarting in 0.5 s',
    ]);
    flag('live', false);
    await until(() => pod.pid !== undefined && pod.pid !== pid);
    expect(isGone(pid)).toBe(true);
  });

  test('ends even a process that hangs and ignores SIGTERM', async () => {
    const script = `
      ${SERVERS.http} serve();
      process.on('SIGTERM', () => process.exit(0));
      setInterval(() => { while (flag('hang')); }, 20);`;
    const probes = { startup: startup(), liveness: liveness() };
    const { process: pod, events, flag } = pods.run(script, probed(probes, 0.5));
    await pod.firstReady;
    flag('hang');
    await until(() => events.length >= 2);
    expect(events.slice(0, 2)).toEqual([
      'failed its liveness probe; stopping it',
      'was killed by SIGKILL; restarting in 0.5 s',
    ]);
  });

  test('may fail within its initial delay', async () => {
    const late = { ...liveness(), initialDelaySeconds: 15 };
    const { process: pod, events } = pods.run(`${SERVERS.http} setTimeout(serve, 1000);`, probed({ liveness: late }));
    const { pid } = pod;
    await sleep(1_500);
    expect([pod.pid, events]).toEqual([pid, []]);
  });
});
