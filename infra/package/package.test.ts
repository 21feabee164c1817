import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT, type OtherProject, otherProject } from './testing/other-project';

// The package as its users have it: packed, installed elsewhere, and used for services of their own.

// An idle machine needs a minute or two for all of it; a busy one gets what it needs.
jest.setTimeout(900_000);

const NODE_MODULES = join(__dirname, '../../node_modules');

let project: OtherProject;
let platform: ChildProcess | undefined;

beforeAll(async () => {
  project = await otherProject();
  await project.weft('init');
  await project.weft('new', 'billing');
  allowSlowMachines();
  writeOrders();
});

afterAll(async () => {
  if (platform?.exitCode === null) {
    const closed = once(platform, 'close');
    platform.kill('SIGTERM');
    await closed;
  }
  // Unset where packing failed.
  (project as OtherProject | undefined)?.remove();
});

/** A busy machine may need longer than the three seconds that unary methods have by default. */
function allowSlowMachines(): void {
  const declaration = project.read('services/billing/service.ts');
  const serves = 'serves: BillingService,';
  expect(declaration).toContain(serves);
  project.write(
    'services/billing/service.ts',
    declaration.replace(serves, `${serves}\n  timeouts: { getBilling: '60s' },`),
  );
}

/** A service with a contract of its own that calls another, written by hand. */
function writeOrders(): void {
  project.write(
    'proto/shop/orders/v1/orders.proto',
    `syntax = "proto3";
package shop.orders.v1;
import "buf/validate/validate.proto";
service OrderService {
  rpc Place(PlaceRequest) returns (PlaceResponse);
}
message PlaceRequest {
  string bill_id = 1 [(buf.validate.field).string.min_len = 1];
}
message PlaceResponse {
  string bill_id = 1;
}
`,
  );
  project.write(
    'services/orders/service.ts',
    `import { defineService } from 'weft-mesh/kit/declaration';
import { OrderService } from '../../proto/gen/shop/orders/v1/orders_pb';
import { billing } from '../billing/service';

export const orders = defineService({
  name: 'orders',
  serves: OrderService,
  calls: { bills: billing.only('getBilling') },
  timeouts: { place: '60s' },
});
`,
  );
  project.write(
    'services/orders/main.ts',
    `import { run, StatusError } from 'weft-mesh/kit';
import { orders } from './service';

run(orders, ({ clients }) => ({
  async place({ billId }, call) {
    if (billId === 'none') throw new StatusError('NOT_FOUND', 'bill.not-found', { bill_id: billId });
    const { id } = await clients.bills.getBilling({ id: billId }, call);
    return { billId: id };
  },
}));
`,
  );
  project.write(
    'services/index.ts',
    `${project
      .read('services/index.ts')
      .replace('[billing]', '[billing, orders]')}\nimport { orders } from './orders/service';\n`,
  );
}

const filesOf = (folder: string): string[] =>
  readdirSync(join(project.root, folder), { recursive: true, encoding: 'utf8' });

test('the package has what is used, and neither tests nor the reference application', () => {
  const files = filesOf('node_modules/weft-mesh');
  expect(files.length).toBeLessThan(700);
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'lib/proto/google/api/http.proto']));
  expect(
    files.filter((name) => /\.(test|bench)\.|rag-search|user-info|weft[\\/](rag|user|greeter)/.test(name)),
  ).toEqual([]);
  expect(files.filter((name) => name.includes('testing')).map((name) => name.replace(/^.*testing./, ''))).toEqual(
    expect.arrayContaining(['serve.js', 'serve.d.ts']),
  );
});

test('contracts import those of Google and Protovalidate without copies of them', async () => {
  await project.weft('generate');
  expect(filesOf('proto/gen')).toEqual(expect.arrayContaining([join('shop', 'orders', 'v1', 'orders_pb.ts')]));
  expect(filesOf('proto').filter((name) => /^(google|buf)/.test(name))).toEqual([]);
});

test.each([
  ['bundler', 'preserve'],
  ['node16', 'node16'],
])('its types are those that tsc finds with moduleResolution %s', async (moduleResolution, module) => {
  await project.weft('generate');
  const typeRoots = [join(NODE_MODULES, '@types')];
  const compilerOptions = { module, moduleResolution, typeRoots };
  const config = join(project.root, `tsconfig.${moduleResolution}.json`);
  writeFileSync(config, JSON.stringify({ extends: './tsconfig.json', compilerOptions }));
  await project.node(join(NODE_MODULES, 'typescript/bin/tsc'), '-p', config).catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  });
});

test('modules of both kinds import it', async () => {
  const names = "[typeof run, typeof StatusError, typeof serve, typeof defineService].join(' ')";
  const [kit, testing, declaration] = ['kit', 'kit/testing', 'kit/declaration'].map((name) => `'weft-mesh/${name}'`);
  const required = `const { run, StatusError } = require(${kit}); const { serve } = require(${testing});
    const { defineService } = require(${declaration}); console.log(${names});`;
  const imported = `import { run, StatusError } from ${kit}; import { serve } from ${testing};
    import { defineService } from ${declaration}; console.log(${names});`;
  expect(await project.node('-e', required)).toBe('function function function function\n');
  expect(await project.node('--input-type=module', '-e', imported)).toBe('function function function function\n');
});

test('a declaration loads no server', async () => {
  const program = `require('weft-mesh/kit/declaration');
    console.log(Object.keys(require.cache).filter((file) => /grpc-js|pino|mongodb/.test(file)).length);`;
  expect(await project.node('-e', program)).toBe('0\n');
});

test('the test that `weft new` writes passes', async () => {
  const swc = [require.resolve('@swc/jest'), { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }];
  const config = JSON.stringify({ testTimeout: 60_000, transform: { '\\.ts$': swc } });
  await project.weft('generate');
  await project.node(join(NODE_MODULES, 'jest/bin/jest.js'), '--rootDir', project.root, '--config', config);
});

test('synth writes manifests for its services, for an environment of its own', async () => {
  expect(await project.weft('synth')).toBe('dist: 00-platform.yaml billing.yaml orders.yaml\n');
  expect(project.read('dist/billing.yaml')).toContain('image: localhost/shop/billing:dev');
  expect(project.read('dist/billing.yaml')).toContain('cluster.local/ns/shop/sa/orders');
});

test('its services run here, and call each other', async () => {
  const output = await start();
  expect(output).toContain(`npx weft call billing GetBilling '{"id":"a"}'`);
  expect(JSON.parse(await project.weft('call', 'orders', 'Place', '{"billId":"b-1"}'))).toEqual({ billId: 'b-1' });
  const failed = { stderr: expect.stringContaining('NOT_FOUND: bill.not-found') as string };
  await expect(project.weft('call', 'orders', 'Place', '{"billId":"none"}')).rejects.toMatchObject(failed);
});

/** Runs `weft start` until it says that all runs. @returns what it printed */
async function start(): Promise<string> {
  const child = spawn(process.execPath, ['node_modules/.bin/weft', 'start'], { cwd: project.root, env: ENVIRONMENT });
  platform = child;
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('Ctrl-C stops everything')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`weft start ended with ${code}:\n${output}`)));
  });
  return output;
}
