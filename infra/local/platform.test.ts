import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { splitResource } from '../mesh/split';
import { copyProject, npmStart, type Platform, type Project } from './testing/npm-start';
import { readRunFile, type RunFile } from './processes/run-file';

// The whole platform as in the README: `npm start` in a copy of the project, then the first steps of a new user.

// The first hook builds and starts everything.
jest.setTimeout(600_000);

const run = promisify(execFile);
/** Manifests of another environment. */
const FOR_A_CLUSTER = '# Made by Weft from services/greeter/service.ts and charts/environments/production\n';

/** A split from before the canary was replaced. */
const STRANDED = splitResource(
  { service: 'payment', weights: { v1: 80, v9: 20 }, lanes: ['v9'] },
  { namespaceOf: () => 'weft', hostOf: () => 'payment.weft.svc.cluster.local' },
  50_051,
);

let project: Project;
let root: string;
let platform: Platform;
let gateway: string;

beforeAll(async () => {
  project = copyProject();
  ({ root } = project);
  await weft('new', 'billing');
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'dist/greeter.yaml'), FOR_A_CLUSTER);
  mkdirSync(join(root, '.weft/live'), { recursive: true });
  writeFileSync(join(root, '.weft/live/payment-split.yaml'), JSON.stringify(STRANDED));
  await start();
});

afterAll(async () => {
  await platform.stop('SIGINT');
  project.remove();
});

async function start(): Promise<void> {
  platform = await npmStart(root);
  gateway = `http://${platform.address('gateway')}`;
}

async function weft(...args: string[]): Promise<string> {
  const { stdout } = await run('npx', ['weft', ...args], { cwd: root });
  return stdout;
}

async function ingest(...args: string[]): Promise<string> {
  const { stdout } = await run('npm', ['run', '--silent', 'ingest', '--', ...args], { cwd: root });
  return stdout;
}

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(gateway + path, { headers });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

test('the board shows the services, their addresses, and commands to try', () => {
  for (const name of ['gateway', 'greeter', 'rag-search', 'user-info', 'billing', 'mongodb'])
    expect(platform.output()).toContain(name);
  expect(platform.output()).toContain(`curl ${platform.address('gateway')}/v1/users/u-1001`);
  expect(platform.board().pods.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['greeter-v1-0', 'greeter-v1-1']),
  );
});

test('a split that names a missing version is reported, with what to do', () => {
  expect(platform.output()).toContain(
    '.weft/live/payment-split.yaml: payment has no version v9; it has v1, v2; calls to it would be lost; run ' +
      'npx weft split payment v1=100 or npx weft split payment --remove\n',
  );
});

test('dist/ belongs to a cluster and is not changed', () => {
  expect(readdirSync(join(root, 'dist'))).toEqual(['greeter.yaml']);
  expect(readFileSync(join(root, 'dist/greeter.yaml'), 'utf8')).toBe(FOR_A_CLUSTER);
  expect(readFileSync(join(root, '.weft/manifests/greeter.yaml'), 'utf8')).toContain('charts/environments/local\n');
});

test('everything listens on loopback', () => {
  const addresses = platform.board().services.flatMap((service) => service.addresses);
  expect(addresses.length).toBeGreaterThanOrEqual(5);
  for (const address of addresses) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
});

test('a user is found', async () => {
  const { status, text } = await get('/v1/users/u-1001');
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ user: { userId: 'u-1001', username: 'ada.larsen' } });
});

test('an unknown user is a problem document', async () => {
  const { status, type, text } = await get('/v1/users/nobody');
  expect([status, type]).toEqual([404, 'application/problem+json; charset=utf-8']);
  expect(JSON.parse(text)).toMatchObject({ code: 'NOT_FOUND', title: 'Not Found' });
});

describe('after a folder was ingested', () => {
  beforeAll(async () => {
    const said = await ingest('node_modules/fastify/docs', '--user', 'u-1001');
    const files = readdirSync(join(root, 'node_modules/fastify/docs'), { recursive: true, encoding: 'utf8' });
    const markdown = files.filter((name) => name.endsWith('.md'));
    expect(said).toMatch(new RegExp(`^ingested ${markdown.length} documents \\(\\d+ kB\\) as \\d+ chunks into "docs"`));
  });

  test('a search finds the right document', async () => {
    const { status, text } = await get('/v1/rag/docs/search?query=graceful+shutdown&limit=3', {
      'x-user-id': 'u-1001',
    });
    expect(status).toBe(200);
    const { results, total } = JSON.parse(text) as { results: { content: string }[]; total: number };
    expect(results).toHaveLength(3);
    expect(total).toBeGreaterThan(3);
    expect(results[0]?.content).toMatch(/shutdown/i);
  });

  test('a streamed search sends one event per result, and an end', async () => {
    const { type, text } = await get('/v1/rag/docs/search:stream?query=hooks');
    expect(type).toBe('text/event-stream');
    const events = text.trim().split('\n\n');
    expect(events).toHaveLength(11);
    expect(JSON.parse(events[0]?.replace(/^id: 1\ndata: /, '') ?? '')).toMatchObject({ result: { ragCode: 'docs' } });
    expect(events.at(-1)).toBe('event: end\nid: end\ndata: {}');
  });

  test('a guest may not send documents and learns how to identify itself', async () => {
    const denied = { code: 1, stderr: expect.stringMatching(/PERMISSION_DENIED: .*--user u-1001/) as string };
    await expect(ingest('node_modules/fastify/docs')).rejects.toMatchObject(denied);
  });

  test('a user without rights is refused', async () => {
    const { status, text } = await get('/v1/rag/docs/search?query=hooks', { 'x-user-id': 'u-1010' });
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test('the search is in the audit log', async () => {
    // Logs may arrive after the answer.
    const line = /rag-search-v1-0\s+searched .*audit=rag\.search userId=u-1001 ragCode=docs results=3/;
    await platform.until(() => line.test(platform.output()));
  });
});

test('`weft call` greets in the caller’s language', async () => {
  const said = await weft('call', 'greeter', 'SayHello', '{"name":"Ada"}', '-H', 'accept-language: zh-CN');
  expect(JSON.parse(said)).toEqual({ message: '你好，Ada！', locale: 'zh' });
});

test('a service from `weft new` runs', async () => {
  expect(JSON.parse(await weft('call', 'billing', 'GetBilling', '{"id":"b-1"}'))).toEqual({ id: 'b-1' });
});

test('a killed process is restarted', async () => {
  const pid = () => readRunFile(join(root, '.weft/run.json'))?.pods.find(({ name }) => name === 'user-info-v1-0')?.pid;
  const before = pid() ?? 0;
  process.kill(before, 'SIGKILL');
  await platform.until(() => pid() !== undefined && pid() !== before);
  await platform.until(async () => (await get('/v1/users/u-1001')).status === 200);
  expect(platform.output()).toContain('was killed by SIGKILL; restarting in 0.5 s');
});

test('a second platform in the same folder is refused', async () => {
  const second = run('npm', ['start'], { cwd: root });
  await expect(second).rejects.toMatchObject({
    stderr: expect.stringContaining('a platform is already running here') as string,
  });
});

test('Ctrl-C leaves nothing behind', async () => {
  const { pods } = JSON.parse(readFileSync(join(root, '.weft/run.json'), 'utf8')) as RunFile;
  expect(pods.length).toBeGreaterThanOrEqual(7);
  await platform.stop('SIGINT');
  for (const { pid } of pods) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(readRunFile(join(root, '.weft/run.json'))).toBeUndefined();
  await expect(fetch(`${gateway}/livez`)).rejects.toThrow();
});
