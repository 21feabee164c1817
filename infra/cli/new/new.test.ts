import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { generate } from '../../../proto/generate';
import { services } from '../../../services';
import { scaffold } from './new';

// Generating, compiling and testing a copy of the project takes its time.
jest.setTimeout(600_000);

const PROJECT = join(__dirname, '../../..');
const run = promisify(execFile);

let root: string;

/** A copy of what a new service touches, and of what its code imports. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-new-'));
  // Other tests may generate at this moment.
  const filter = (source: string): boolean => !/^gen$|^\.gen-|\.test\.ts$/.test(basename(source));
  for (const name of ['proto', 'services', 'infra/testing', 'package.json', 'tsconfig.json', 'buf.yaml'])
    cpSync(join(PROJECT, name), join(root, name), { recursive: true, filter });
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
});

afterEach(() => rmSync(root, { recursive: true }));

const project = () => ({ root, protoPackage: 'weft' });
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const everything = (): string[] => readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();

/** Runs a tool of the project in the copy. */
async function tool(name: string, bin: string, ...args: string[]): Promise<void> {
  const file = join(dirname(require.resolve(`${name}/package.json`)), bin);
  await run(process.execPath, [file, ...args], { cwd: root }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(stdout + stderr);
    },
  );
}

const FILES = [
  'proto/weft/order_history/v1/order_history.proto',
  'services/order-history/service.ts',
  'services/order-history/handlers.ts',
  'services/order-history/handlers.test.ts',
  'services/order-history/main.ts',
  'services/index.ts',
];

test('writes a contract, a folder and a line in the list of services', () => {
  const listed = [...read('services/index.ts').matchAll(/from '(.*)'/g)].map(([, path]) => path);
  expect(scaffold(project(), 'order-history')).toEqual(FILES);
  expect(FILES.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  const after = [...read('services/index.ts').matchAll(/from '(.*)'/g)].map(([, path]) => path);
  expect(after).toEqual([...listed, './order-history/service']);
});

test('what it writes passes the project’s checks, and its own test', async () => {
  const names = ['rag', 'customer-notifications'];
  const files = names.flatMap((name) => scaffold(project(), name));
  await generate(root);
  await tool('prettier', 'bin/prettier.cjs', '--check', ...files.filter((file) => file.endsWith('.ts')));
  await tool('@bufbuild/buf', 'bin/buf', 'lint', 'proto');
  const folders = names.map((name) => `services/${name}`);
  const include = [...folders, 'services/index.ts'];
  writeFileSync(join(root, 'tsconfig.new.json'), JSON.stringify({ extends: './tsconfig.json', include }));
  await tool('typescript', 'bin/tsc', '-p', 'tsconfig.new.json');
  await tool('jest', 'bin/jest.js', '--rootDir', root, ...folders);
});

test('the list has all services, the new ones too', async () => {
  scaffold(project(), 'order-history');
  scaffold(project(), 'billing');
  await generate(root);
  const program = `
    const { buildSync } = require('esbuild');
    buildSync({ entryPoints: ['services/index.ts'], bundle: true, platform: 'node', packages: 'external', outfile: 'out.cjs' });
    console.log(JSON.stringify(require('./out.cjs').services.map(({ name }) => name)));`;
  const { stdout } = await run(process.execPath, ['-e', program], { cwd: root });
  expect(JSON.parse(stdout)).toEqual([...services.map(({ name }) => name), 'order-history', 'billing']);
});

test.each([
  ['a service of its name', 'greeter', 'services/greeter'],
  ['a contract of its name', 'user', 'proto/weft/user/v1/user.proto'],
])('writes nothing where there is %s', (_, name, taken) => {
  const [before, index] = [everything(), read('services/index.ts')];
  expect(() => scaffold(project(), name)).toThrow(`${taken} exists already; choose another name`);
  expect([everything(), read('services/index.ts')]).toEqual([before, index]);
});

test('refuses the same name twice', () => {
  scaffold(project(), 'order-history');
  const [before, index] = [everything(), read('services/index.ts')];
  expect(() => scaffold(project(), 'order-history')).toThrow('services/order-history exists already');
  expect([everything(), read('services/index.ts')]).toEqual([before, index]);
});

test.each(['Order', 'class', '../order'])('refuses the name %s and writes nothing', (name) => {
  const before = everything();
  expect(() => scaffold(project(), name)).toThrow(`"${name}"`);
  expect(everything()).toEqual(before);
});

test.each(['greeter-split', 'greeter-ingress', 'ingress', 'a-from-b'])('refuses the name %s as synth would', (name) => {
  const before = everything();
  expect(() => scaffold(project(), name)).toThrow('give the service another name');
  expect(everything()).toEqual(before);
});

test('writes nothing when there is no list of services to add to', () => {
  writeFileSync(join(root, 'services/index.ts'), 'export const all = [];\n');
  expect(() => scaffold(project(), 'order-history')).toThrow('services/index.ts has no');
  expect(existsSync(join(root, 'services/order-history'))).toBe(false);
});
