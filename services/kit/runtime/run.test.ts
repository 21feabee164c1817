import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { greeter } from '../../greeter/service';
import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import { startService } from './start-service';
import { defineService } from '../declaration';

// Real processes, as `npm start` and Kubernetes run them.

const ROOT = join(__dirname, '../../..');
let folder: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  // Inside the project, where its packages are found.
  folder = mkdtempSync(join(ROOT, 'node_modules/.weft-run-test-'));
  for (const name of ['greeter', 'user-info'])
    buildSync({
      entryPoints: [join(ROOT, 'services', name, 'main.ts')],
      outfile: join(folder, `${name}.cjs`),
      bundle: true,
      platform: 'node',
      packages: 'external',
    });
});

afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

afterAll(() => rmSync(folder, { recursive: true }));

interface Service {
  child: ChildProcess;
  output(): string;
  /** Resolves with the port once it serves. */
  port: Promise<number>;
  exit: Promise<number | null>;
}

function start(name: string, environment: Record<string, string>): Service {
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn(process.execPath, [join(folder, `${name}.cjs`)], { env });
  children.push(child);
  let output = '';
  const port = new Promise<number>((resolve) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const [, found] = /"port":(\d+),"msg":"serving"/.exec(output) ?? [];
      if (found) resolve(Number(found));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => output, port, exit };
}

function client(port: number) {
  return connect(greeter.only('sayHello'), `127.0.0.1:${port}`);
}

test('SIGTERM finishes the calls under way, and the process ends with 0', async () => {
  const service = start('greeter', { GRPC_PORT: '0', DRAIN_DELAY_MS: '100' });
  const { client: hello, close } = client(await service.port);
  await hello.sayHello({ name: 'Ada' }, rootCall({ timeout: '1m' }));
  service.child.kill('SIGTERM');
  const during = hello.sayHello({ name: 'Bela' }, rootCall({ timeout: '1m' }));
  expect(await during).toMatchObject({ message: 'Hello, Bela!' });
  expect(await service.exit).toBe(0);
  expect(service.output()).toMatch(/draining[^]*stopped/);
  close();
});

test('a second signal ends it at once', async () => {
  const service = start('greeter', { GRPC_PORT: '0', DRAIN_DELAY_MS: '60000' });
  await service.port;
  service.child.kill('SIGTERM');
  await once(service.child.stdout as NodeJS.ReadableStream, 'data');
  service.child.kill('SIGINT');
  expect(await service.exit).toBe(1);
});

test('wrong settings end it with one message that lists them all', async () => {
  const service = start('user-info', { GRPC_PORT: 'x', LOG_LEVEL: 'y', SEED_DATA: 'maybe' });
  expect(await service.exit).toBe(1);
  expect(service.output()).toBe(
    [
      'user-info cannot start: the environment is wrong:',
      '  GRPC_PORT must be a port from 0 to 65535, not "x"',
      '  LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "y"',
      '  MONGO_URI is missing; set it to a connection string, for example mongodb://localhost:27017, ' +
        'or MONGO_URI_FILE to the path of a file that has one',
      '  SEED_DATA must be true or false, not what it is set to',
      '',
    ].join('\n'),
  );
});

test('a service does not start with faults in its declaration or its calls', async () => {
  const calls = { greeter: greeter.only('sayHello', 'sayBye' as 'sayHello') };
  const wrong = defineService({ name: 'wrong', http: true, scale: { min: 2, max: 1 }, calls });
  const options = { environment: {}, signal: new AbortController().signal };
  await expect(startService(wrong, () => ({}) as never, options)).rejects.toThrow(
    new Error(
      [
        'the declarations have faults:',
        '',
        'services/wrong/service.ts  scale: 2 to 1 is not a range of pods',
        '  write whole numbers from 1 to 2147483647, and min no larger than max',
        '',
        'services/wrong/service.ts  calls.greeter: greeter does not serve sayBye',
        '  it serves sayHello',
      ].join('\n'),
    ),
  );
});

test('the driver’s words about a connection string are not printed: they quote it', async () => {
  const service = start('user-info', { MONGO_URI: 'mongodb://se:cret@127.0.0.1:1/?noOption=1' });
  expect(await service.exit).toBe(1);
  expect(service.output()).toMatch(
    /^user-info cannot start: MongoDB’s driver cannot read the connection string; .+\n$/,
  );
  expect(service.output()).not.toMatch(/se:|cret/);
});

test('a port that is taken is named', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const service = start('greeter', { GRPC_PORT: String(port) });
  expect(await service.exit).toBe(1);
  expect(service.output()).toContain(`greeter cannot start: cannot listen on 127.0.0.1:${port}`);
  taken.close();
});

test('a service that waits for its store says so, and stops when asked', async () => {
  const service = start('user-info', { GRPC_PORT: '0', MONGO_URI: 'mongodb://127.0.0.1:1' });
  await once(service.child.stdout as NodeJS.ReadableStream, 'data');
  expect(service.output()).toContain('waiting for MongoDB');
  service.child.kill('SIGTERM');
  expect(await service.exit).toBe(0);
});
