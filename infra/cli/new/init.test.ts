import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProject } from '../build/project';
import { init } from './init';
import { addToPackage, projectNames } from './init-templates';

const TOOLS = {
  '@swc/core': '1',
  '@swc/jest': '1',
  '@types/jest': '1',
  '@types/node': '1',
  jest: '1',
  typescript: '1',
};

let root: string;

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'weft-init-'))));
afterEach(() => rmSync(root, { recursive: true }));

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const write = (file: string, text: string): void => writeFileSync(join(root, file), text);

test('makes a folder with a package.json a project', () => {
  write('package.json', '{ "name": "@acme/shop", "version": "1.2.3" }');
  const written = init(root);
  expect(written).toEqual(
    expect.arrayContaining(['package.json', 'services/index.ts', 'environments/local/settings.ts']),
  );
  expect(written.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(findProject(root)).toMatchObject({ root, protoPackage: 'acme.shop', environments: 'environments' });
  expect(JSON.parse(read('package.json'))).toMatchObject({ version: '1.2.3', scripts: { start: 'weft start' } });
});

test('leaves files as they are that exist already', () => {
  write('package.json', '{ "name": "shop" }');
  write('tsconfig.json', '{}');
  expect(init(root)).not.toContain('tsconfig.json');
  expect(read('tsconfig.json')).toBe('{}');
});

test.each<[string, string | undefined, string]>([
  ['without a package.json', undefined, 'has no package.json; run npm init -y first'],
  ['that is a project already', '{ "weft": {} }', 'is a Weft project already; weft new <name> adds a service'],
])('refuses a folder %s, and writes nothing', (_, text, message) => {
  if (text !== undefined) write('package.json', text);
  expect(() => init(root)).toThrow(`${root} ${message}`);
  expect(existsSync(join(root, 'services'))).toBe(false);
});

test.each([
  ['shop', 'shop', 'shop'],
  ['@acme/shop-api', 'acme-shop-api', 'acme.shop_api'],
  ['Shop.Web', 'shop-web', 'shop_web'],
  ['@4you/2go', 'app', 'app'],
  ['', 'app', 'app'],
])('a package called "%s" has the namespace %s and the contracts %s', (name, namespace, protoPackage) => {
  expect(projectNames(name)).toEqual({ namespace, protoPackage });
});

describe('package.json', () => {
  const add = (own: object) => addToPackage(own, { devDependencies: TOOLS }, projectNames('shop'));

  test('gets scripts and tools, with the versions that Weft has', () => {
    const { scripts, devDependencies, jest } = add({ scripts: { test: 'echo "Error: no test specified" && exit 1' } });
    expect(scripts).toMatchObject({ start: 'weft start', prepare: 'weft generate', test: 'jest' });
    expect(devDependencies).toEqual(TOOLS);
    expect(jest).toMatchObject({ transform: expect.any(Object) });
  });

  test('keeps scripts, tools and tests of its own', () => {
    const scripts = { start: 'node server.js', test: 'vitest' };
    const added = add({ scripts, devDependencies: { typescript: '6.0.0' } });
    expect(added.scripts).toMatchObject(scripts);
    expect(added.devDependencies).toMatchObject({ typescript: '6.0.0' });
    expect(added.jest).toBeUndefined();
  });
});
