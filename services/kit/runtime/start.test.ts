import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { buildSync } from 'esbuild';
import { service as healthService } from 'grpc-health-check';
import { rootCall } from '../protocol/call';
import { protoContract } from '../testing/proto-contract';
import { serve } from '../testing/serve';
import { defineService } from '../declaration';

// A start does not wait for what it does not need.

const ROOT = join(__dirname, '../../..');
let folder: string;
let child: ChildProcess | undefined;

beforeAll(() => {
  // Inside the project, where its packages are found.
  folder = mkdtempSync(join(ROOT, 'node_modules/.weft-start-test-'));
});

afterEach(() => child?.kill('SIGKILL'));

afterAll(() => rmSync(folder, { recursive: true }));

/** Prints the name of each module that is loaded, and when a server listens. */
const PRELOAD = `
const { writeSync } = require('node:fs');
const Module = require('node:module');
const { Server } = require('node:net');
const { _load: load } = Module;
Module._load = (name, ...rest) => {
  writeSync(1, \`loads \${name}\\n\`);
  return load(name, ...rest);
};
const { listen } = Server.prototype;
Server.prototype.listen = function (...rest) {
  writeSync(1, 'listens\\n');
  return listen.apply(this, rest);
};`;

const LATE = ['@bufbuild/protovalidate', '@grpc/reflection', 'grpc-health-check'];

test('rules, reflection and health are loaded only after a service listens', async () => {
  const [program, preload] = [join(folder, 'greeter.cjs'), join(folder, 'preload.cjs')];
  writeFileSync(preload, PRELOAD);
  const entryPoints = [join(ROOT, 'services/greeter/main.ts')];
  buildSync({ entryPoints, outfile: program, bundle: true, platform: 'node', packages: 'external' });
  const env = { PATH: process.env['PATH'], GRPC_PORT: '0' };
  const started = (child = spawn(process.execPath, ['--require', preload, program], { env }));
  let output = '';
  started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const until = async (text: string): Promise<void> => {
    while (!output.includes(text)) await once(started.stdout, 'data');
  };
  await until('"msg":"serving"');
  const [before] = output.split('listens\n');
  expect(before).toContain('loads @grpc/grpc-js\n');
  for (const name of LATE) expect(before).not.toContain(`loads ${name}\n`);
  // Rules are for the first call, which should not wait either.
  await until('loads @bufbuild/protovalidate\n');
  expect(output).not.toContain('loads @grpc/reflection\n');
  const port = /"port":(\d+)/.exec(output)?.[1] ?? '';
  expect(await healthOf(`127.0.0.1:${port}`)).toEqual({ status: 'SERVING' });
  await until('loads grpc-health-check\n');
});

function healthOf(address: string): Promise<unknown> {
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = healthService['Check'] as (typeof healthService)[string];
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: '' }, (error, reply) => {
      client.close();
      if (error) reject(error);
      else resolve(reply);
    });
  });
}

test('validation rules that do not compile fail the calls of their methods', async () => {
  const contract = await protoContract(
    'message Message { string name = 1 [(buf.validate.field).string.pattern = "("]; }',
  );
  const spec = defineService({ name: 'senseless', serves: contract });
  const { client, stop } = await serve(spec, { try: (request) => request }, spec.only('try'));
  try {
    for (const _ of [1, 2]) await expect(client.try({}, rootCall({}))).rejects.toMatchObject({ code: 'INTERNAL' });
  } finally {
    await stop();
  }
});
