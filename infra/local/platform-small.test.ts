import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { deployment, service } from './testing/manifests';
import { isGone, until } from './testing/pods';
import { type Platform, type PlatformOptions, startPlatform } from './processes/platform';
import { readRunFile, type RunFile } from './processes/run-file';

// Platforms of tiny scripts, for behaviour that does not depend on the services.

const SAYS_ENV = `
  const { MONGO_URI_FILE, DRAIN_DELAY_MS } = process.env;
  const { TOKEN, USERS_GRPC_URL, MONGO_URI = MONGO_URI_FILE && require('node:fs').readFileSync(MONGO_URI_FILE, 'utf8') } = process.env;
  console.log(JSON.stringify({ level: 30, msg: 'up', TOKEN, USERS_GRPC_URL, MONGO_URI, DRAIN_DELAY_MS }));
  setInterval(() => undefined, 1000);
`;
const LISTENS = `
  require('node:net').createServer((socket) => socket.on('error', () => undefined))
    .listen(Number(process.env.GRPC_PORT ?? process.env.MONGO_PORT), '127.0.0.1');
`;

let root: string;
let printed: string[];
let platforms: Platform[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-platform-'));
  [printed, platforms] = [[], []];
  for (const folder of ['dist', 'build', 'bin']) mkdirSync(join(root, folder));
  for (const [name, text] of Object.entries({ api: LISTENS, worker: SAYS_ENV, mongodb: LISTENS }))
    writeFileSync(join(root, 'build', `${name}.cjs`), text);
});

afterEach(async () => {
  for (const platform of platforms) platform.kill();
  await Promise.all(platforms.map((platform) => platform.stop()));
  rmSync(root, { recursive: true });
});

function manifest(name: string, ...resources: object[]): void {
  writeFileSync(join(root, 'dist', name), resources.map((each) => JSON.stringify(each)).join('\n---\n'));
}

function writeAll(): void {
  const readinessProbe = { tcpSocket: { port: 'grpc' } };
  const ports = [{ name: 'grpc', containerPort: 50_051 }];
  manifest('api.yaml', deployment('api', { ports, readinessProbe }), service('api', [{ name: 'grpc', port: 50_051 }]));
  manifest('worker.yml', deployment('worker', {}, { replicas: 2 }));
  writeFileSync(join(root, 'dist', 'README.md'), 'kind: Deployment');
}

async function start(options: Partial<PlatformOptions> = {}): Promise<Platform> {
  const platform = await startPlatform({
    manifests: join(root, 'dist'),
    appFolder: join(root, 'build'),
    stateFolder: join(root, '.weft'),
    only: [],
    environment: {},
    print: (text) => printed.push(...stripVTControlCharacters(text).split('\n')),
    startedAt: performance.now(),
    ...options,
  });
  platforms.push(platform);
  return platform;
}

const runFile = (): string => join(root, '.weft/run.json');
const running = (): RunFile | undefined => readRunFile(runFile());
const boardIsThere = (): boolean => printed.includes('  Ctrl-C stops everything.');

test('runs every Deployment in a folder of manifests, and prints the board once all are ready', async () => {
  writeAll();
  const platform = await start();
  await until(boardIsThere);
  const { addresses } = platform.plan.services[0] ?? {};
  const pods = running()?.pods ?? [];
  expect(pods.map(({ name }) => name)).toEqual(['api-0', 'worker-0', 'worker-1']);
  expect(running()).toMatchObject({ pid: process.pid, services: [{ name: 'api', port: 'grpc', addresses }] });
  expect(printed.find((line) => line.startsWith('  api '))).toContain(` ${String(addresses)} `);
  expect(printed.find((line) => line.startsWith('  api '))).toMatch(new RegExp(` ${pods[0]?.pid}$`));
  await until(() => printed.filter((line) => /^worker-[01] up DRAIN_DELAY_MS=0$/.test(line)).length === 2);
});

test('keeps the logs of processes, with the names of their pods', async () => {
  writeAll();
  await start();
  const kept = (): string => readFileSync(join(root, '.weft/logs/current.ndjson'), 'utf8');
  await until(() => kept().split('\n').length === 3);
  for (const pod of ['worker-0', 'worker-1'])
    expect(kept()).toContain(`{"pod":"${pod}","line":{"level":30,"msg":"up",`);
});

test('stop ends every process and removes its files', async () => {
  writeAll();
  const platform = await start();
  await until(boardIsThere);
  const pids = running()?.pods.map(({ pid }) => pid) ?? [];
  await platform.stop();
  expect([pids.length, pids.every(isGone), existsSync(runFile())]).toEqual([3, true, false]);
});

test('kill ends every process for good', async () => {
  writeAll();
  const platform = await start();
  await until(boardIsThere);
  const pids = running()?.pods.map(({ pid }) => pid) ?? [];
  platform.kill();
  await until(() => pids.every(isGone));
  // Longer than the pause before a restart.
  await sleep(1_000);
  expect([pids.length, existsSync(runFile())]).toEqual([3, false]);
  expect(printed.filter((line) => line.includes('restarting'))).toEqual([]);
});

test('an exit is reported with the name of the pod, and the run file gets the new process', async () => {
  manifest('worker.yaml', deployment('worker'));
  await start();
  await until(() => running()?.pods[0]);
  const pid = Number(running()?.pods[0]?.pid);
  process.kill(pid, 'SIGKILL');
  await until(() => printed.includes('worker-0 was killed by SIGKILL; restarting in 0.5 s'));
  expect(running()?.pods).toEqual([]);
  await until(() => running()?.pods.some((pod) => pod.pid !== pid));
});

test('runs only the Deployments of --only', async () => {
  writeAll();
  const { plan } = await start({ only: ['worker'] });
  expect(plan.pods.map(({ name }) => name)).toEqual(['worker-0', 'worker-1']);
  expect(plan.services).toEqual([{ name: 'api', port: 'grpc', addresses: [], pods: [] }]);
});

test('runs all versions of a service in --only', async () => {
  writeAll();
  for (const version of ['v1', 'v2'])
    manifest(`queue-${version}.yaml`, deployment(`queue-${version}`, {}, { labels: { app: 'queue', version } }));
  const { plan } = await start({ only: ['queue'] });
  expect(plan.pods.map(({ name }) => name)).toEqual(['queue-v1-0', 'queue-v2-0']);
});

test.each<[string, Partial<PlatformOptions>, string | RegExp]>([
  [
    'an unknown name',
    { only: ['worker', 'wroker'] },
    '--only wroker: no such service or Deployment; write one of api, worker',
  ],
  ['a missing folder', { manifests: '/nowhere/at/all' }, /ENOENT.*\/nowhere\/at\/all/],
])('refuses %s before anything runs', async (_, options, message) => {
  writeAll();
  await expect(start(options)).rejects.toThrow(message);
  expect([printed, existsSync(runFile())]).toEqual([[], false]);
});

test('names the file of a manifest that cannot be read', async () => {
  manifest('broken.yaml', { kind: 'Deployment', metadata: { name: 'b' } });
  await expect(start()).rejects.toThrow(`${join(root, 'dist/broken.yaml')}: Deployment b: spec: `);
});

describe('a secret', () => {
  const secret = (name: string) => ({ name, valueFrom: { secretKeyRef: { name: 's', key: 'k' } } });

  const says = async (env: object[], environment: Record<string, string>): Promise<string | undefined> => {
    manifest('worker.yaml', deployment('worker', { env }));
    await start({ environment });
    await until(() => printed.some((line) => /^worker-0 +up/.test(line)));
    return printed.find((line) => line.startsWith('worker-0'))?.replace(/ +/g, ' ');
  };

  test('comes from the variable of the shell', async () => {
    expect(await says([secret('TOKEN')], { TOKEN: 'abc' })).toBe('worker-0 up TOKEN=abc DRAIN_DELAY_MS=0');
  });

  test('is not needed for the address of a service', async () => {
    expect(await says([], { USERS_GRPC_URL: 'localhost:9000' })).toContain('USERS_GRPC_URL=localhost:9000');
  });

  test('for the database is the given one, and no database is started', async () => {
    const uri = 'mongodb://db.example:27017';
    expect(await says([secret('MONGO_URI')], { MONGO_URI: uri })).toContain(` MONGO_URI=${uri} `);
    expect(running()?.pods).toHaveLength(1);
  });

  const addressIn = (line?: string): string | undefined =>
    /MONGO_URI=mongodb:\/\/(127\.0\.0\.1:\d+) /.exec(line ?? '')?.[1];

  test('for the database is the address of the embedded one, which the board shows', async () => {
    const address = addressIn(await says([secret('MONGO_URI')], {}));
    expect(running()?.pods.map(({ name }) => name)).toEqual(['mongodb', 'worker-0']);
    await until(boardIsThere);
    expect(printed).toContainEqual(expect.stringContaining(` ${address} (embedded)`));
  });

  describe('in a volume', () => {
    const file = { name: 'MONGO_URI_FILE', value: '/run/s/uri' };
    const folder = (): string => join(root, '.weft/secrets');
    const modes = (...paths: string[]) => paths.map((path) => statSync(join(folder(), path)).mode & 0o777);

    const volume = { name: 'v', secret: { secretName: 's', items: [{ key: 'k', path: 'uri' }] } };
    const mounted = async (environment: Record<string, string>): Promise<string | undefined> => {
      const container = { env: [file], volumeMounts: [{ name: 'v', mountPath: '/run/s', readOnly: true }] };
      manifest('worker.yaml', deployment('worker', container, { pod: { volumes: [volume] } }));
      await start({ environment });
      await until(() => printed.some((line) => /^worker-0 +up/.test(line)));
      return printed.find((line) => line.startsWith('worker-0'))?.replace(/ +/g, ' ');
    };

    test('is a file for this user only, until the platform stops', async () => {
      const uri = 'mongodb://db.example:27017';
      expect(await mounted({ MONGO_URI: uri })).toContain(` MONGO_URI=${uri} `);
      expect(modes('', 'worker-0', 'worker-0/v', 'worker-0/v/uri')).toEqual([0o700, 0o700, 0o700, 0o600]);
      await platforms[0]?.stop();
      expect(existsSync(folder())).toBe(false);
    });

    test('is gone after a killed platform, and leftovers are replaced', async () => {
      mkdirSync(join(folder(), 'worker-0/v'), { recursive: true });
      writeFileSync(join(folder(), 'worker-0/v/uri'), 'old', { mode: 0o644 });
      await mounted({ MONGO_URI: 'mongodb://db.example:27017' });
      expect(modes('', 'worker-0/v/uri')).toEqual([0o700, 0o600]);
      platforms[0]?.kill();
      expect(existsSync(folder())).toBe(false);
    });

    test('for the database is the address of the embedded one', async () => {
      expect(addressIn(await mounted({}))).toBeDefined();
      expect(running()?.pods.map(({ name }) => name)).toEqual(['mongodb', 'worker-0']);
    });
  });

  test('for the database is the address of the mongod on PATH, which runs', async () => {
    const mongod = join(root, 'bin/mongod');
    writeFileSync(mongod, '#!/bin/sh\necho "$@"\nexec sleep 1000\n');
    chmodSync(mongod, 0o755);
    const address = addressIn(await says([secret('MONGO_URI')], { PATH: join(root, 'bin') }));
    const port = address?.split(':')[1];
    await until(() => printed.some((line) => line.startsWith('mongodb') && line.includes(` --port ${port} `)));
  });
});

test('leftover processes of a killed platform are ended first', async () => {
  writeAll();
  await start({ only: ['worker'] });
  await until(() => running()?.pods.length === 2);
  const left = readFileSync(runFile(), 'utf8');
  const [pid] = (JSON.parse(left) as RunFile).pods.map((pod) => pod.pid);
  const other = mkdtempSync(join(root, 'other-'));
  writeFileSync(join(other, 'run.json'), left);
  await start({ stateFolder: other, only: ['api'] });
  await until(() => isGone(Number(pid)));
});
