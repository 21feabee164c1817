import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { outsidePackages } from './bundled-packages';

const ROOT = join(__dirname, '../../..');

/** What a program still requires when it is bundled. */
async function outside(contents: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: __dirname },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    absWorkingDir: ROOT,
    external: outsidePackages(ROOT),
  });
  const [output] = Object.values(metafile.outputs);
  const names = output?.imports.filter(({ external }) => external).map(({ path }) => path) ?? [];
  return [...new Set(names)].filter((name) => !name.startsWith('node:')).sort();
}

test('what OpenTelemetry instruments, and what reads files of its own, stays outside', async () => {
  const packages = ['@grpc/grpc-js', '@grpc/proto-loader', '@grpc/reflection', 'grpc-health-check', 'mongodb'];
  const contents = packages.map((name) => `import '${name}';`).join('\n');
  expect(await outside(contents)).toEqual(packages);
});

test('a package that nobody has tried in a bundle stays outside', () => {
  const root = mkdtempSync(join(tmpdir(), 'weft-packages-'));
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ dependencies: { 'somebody-elses': '1.0.0', zod: '4.0.0' } }),
  );
  expect(outsidePackages(root)).toEqual(['somebody-elses']);
  rmSync(root, { recursive: true });
});

test('of a project elsewhere, what it and Weft depend on stays outside, and Weft itself is bundled', () => {
  const root = mkdtempSync(join(tmpdir(), 'weft-packages-'));
  const dependencies = { 'somebody-elses': '1.0.0', mongodb: '7.0.0', 'weft-mesh': '0.1.0' };
  writeFileSync(join(root, 'package.json'), JSON.stringify({ dependencies }));
  expect(outsidePackages(ROOT, root)).toEqual([...outsidePackages(ROOT), 'somebody-elses']);
  rmSync(root, { recursive: true });
});

test('a project without dependencies has none outside', () => {
  const root = mkdtempSync(join(tmpdir(), 'weft-packages-'));
  writeFileSync(join(root, 'package.json'), '{}');
  expect(outsidePackages(root)).toEqual([]);
  rmSync(root, { recursive: true });
});

test('what services load at start is bundled, with all that it requires', async () => {
  const contents = `
    import { fromBinary } from '@bufbuild/protobuf';
    import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
    import { createValidator } from '@bufbuild/protovalidate';
    import pino from 'pino';
    import * as z from 'zod';
    console.log(fromBinary, FileDescriptorProtoSchema, createValidator, pino, z.string());`;
  const names = await outside(contents);
  expect(names).toContain('worker_threads');
  expect(names.filter((name) => !process.getBuiltinModule(name))).toEqual([]);
});
