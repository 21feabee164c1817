import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { build, type BuildOptions } from 'esbuild';

const run = promisify(execFile);

/** What the package exports, and what `weft build` bundles with a project's services. */
const LIBRARY = [
  'charts/app.ts',
  'charts/index.ts',
  'infra/mesh/index.ts',
  'services/gateway/run-gateway.ts',
  'services/kit/declaration/index.ts',
  'services/kit/index.ts',
  'services/kit/telemetry/preload.ts',
  'services/kit/testing/index.ts',
];

/** Programs: a file each. */
const PROGRAMS = ['infra/cli/main.ts', 'infra/embedded-mongodb/main.ts', 'infra/telemetry/main.ts'];

const OPTIONS = {
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outbase: '.',
  logLevel: 'silent',
  // Node would not find `import('./file')`, which lacks an extension.
  supported: { 'dynamic-import': false },
} satisfies BuildOptions;

/**
 * Writes what the package runs: the library, a file for each of its sources, so that a module which several exports
 * share is one module; and the programs, each bundled.
 */
export async function writeCode(root: string, lib: string): Promise<void> {
  const options = { ...OPTIONS, absWorkingDir: root, outdir: lib };
  const { metafile } = await build({
    ...options,
    entryPoints: LIBRARY,
    bundle: true,
    packages: 'external',
    write: false,
    metafile: true,
  });
  await Promise.all([
    build({ ...options, entryPoints: Object.keys(metafile.inputs) }),
    build({ ...options, entryPoints: PROGRAMS, bundle: true, packages: 'external' }),
  ]);
}

/** Writes the types of the library. */
export async function writeTypes(root: string, lib: string): Promise<void> {
  const config = join(root, 'build/tsconfig.package.json');
  mkdirSync(join(root, 'build'), { recursive: true });
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir: lib,
    types: ['node'],
  };
  const files = LIBRARY.map((file) => relative(join(root, 'build'), join(root, file)));
  writeFileSync(config, JSON.stringify({ extends: '../tsconfig.json', compilerOptions, files, include: [] }));
  const tsc = createRequire(join(root, 'package.json')).resolve('typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', config], { cwd: root }).catch(({ stdout }: { stdout: string }) => {
    throw new Error(`the types of the package could not be written\n${stdout}`);
  });
}
