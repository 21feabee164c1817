import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DescService } from '@bufbuild/protobuf';
import { build } from 'esbuild';
import { definitionOf } from './definition';

/**
 * Loads the generated code as a service will, to find faults now and not when a service starts.
 *
 * @param folder with the generated files
 * @throws Error with names that clash in code, or another reason why a contract does not load
 */
export async function loadGenerated(root: string, folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('_pb.ts'));
  const bundle = join(folder, 'loaded.cjs');
  const contents = files.map((file) => `export * as ${identifierOf(file)} from './${file}';`).join('\n');
  try {
    await build({
      stdin: { contents, resolveDir: folder },
      absWorkingDir: root,
      outfile: bundle,
      bundle: true,
      platform: 'node',
      packages: 'external',
      logLevel: 'silent',
    });
    const modules = createRequire(bundle)(bundle) as Record<string, Record<string, unknown>>;
    for (const service of Object.values(modules)
      .flatMap((each) => Object.values(each))
      .filter(isService))
      define(service);
  } catch (error) {
    throw new Error(`proto: the generated code does not load: ${(error as Error).message}`, { cause: error });
  } finally {
    rmSync(bundle, { force: true });
  }
}

function identifierOf(file: string): string {
  return file.replace(/\W/g, '_');
}

function isService(value: unknown): value is DescService {
  return (value as Partial<DescService> | undefined)?.kind === 'service';
}

function define(service: DescService): void {
  const { length } = Object.keys(definitionOf(service));
  if (length < service.methods.length)
    throw new Error(`${service.typeName} has methods that proto-loader does not see`);
}
