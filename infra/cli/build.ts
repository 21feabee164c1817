import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, type BuildFailure, formatMessages } from 'esbuild';
import { generate } from '../../proto/generate';
import type { Project } from './project';

/**
 * Generates what comes from the contracts, then bundles every service, the charts and the embedded database.
 *
 * @throws Error with file and line of what does not compile
 */
export async function buildProject({ root, build: outdir }: Project): Promise<void> {
  await generate(root);
  try {
    await build({
      entryPoints: entryPoints(root),
      outdir,
      outExtension: { '.js': '.cjs' },
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      // Bundling them in would hide them from OpenTelemetry, which wraps modules as they are required.
      packages: 'external',
      sourcemap: true,
      logLevel: 'silent',
    });
  } catch (error) {
    const failure = error as BuildFailure;
    if (!Array.isArray(failure.errors)) throw error;
    const messages = await formatMessages(failure.errors, { kind: 'error', color: process.stderr.isTTY });
    throw new Error(`the services do not compile\n${messages.join('')}`, { cause: error });
  }
}

function entryPoints(root: string): Record<string, string> {
  const services = readdirSync(join(root, 'services'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'services', entry.name, 'main.ts')))
    .map(({ name }) => [name, join(root, 'services', name, 'main.ts')]);
  return {
    ...(Object.fromEntries(services) as Record<string, string>),
    charts: join(root, 'charts/main.ts'),
    mongodb: join(root, 'infra/local/mongodb/main.ts'),
  };
}

/**
 * Runs the project's charts, as they were last built.
 *
 * @param environment a folder of `charts/environments`
 * @param folder takes the manifests
 * @returns the names of the files written
 * @throws Error that lists everything wrong with the declarations or the environment
 */
export function synthesize({ root, build: built }: Project, environment: string, folder: string): string[] {
  const { synth } = createRequire(join(root, 'package.json'))(join(built, 'charts.cjs')) as {
    synth(options: { root: string; environment: string; folder: string }): string[];
  };
  return synth({ root, environment, folder });
}
