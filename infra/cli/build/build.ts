import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildFailure, type BuildOptions, formatMessages, type Metafile } from 'esbuild';
import { generate } from '../../../proto/generate';
import { appEntry, APP } from './app-entry';
import { outsidePackages } from './bundled-packages';
import { circlesOf } from './circles';
import { PACKAGE, PLATFORM } from './platform';
import type { Project } from './project';

/**
 * Generates code from the contracts, then bundles every service, the charts, the embedded database and the telemetry
 * store.
 *
 * @throws Error with file and line of what does not compile, or with the declarations that import each other in a circle
 */
export async function buildProject(project: Project): Promise<void> {
  const { root, build: outdir } = project;
  await generate(root, PLATFORM);
  try {
    const options = { ...OPTIONS, absWorkingDir: root, outdir };
    const [{ metafile }] = await Promise.all([
      build({
        ...options,
        metafile: true,
        entryPoints: entryPoints(root),
        plugins: [appEntry(project)],
        external: outsidePackages(PACKAGE, root),
      }),
      build({ ...options, ...PRELOAD }),
    ]);
    refuseCircles(metafile);
  } catch (error) {
    const failure = error as BuildFailure;
    if (!Array.isArray(failure.errors)) throw error;
    const messages = await formatMessages(failure.errors, { kind: 'error', color: process.stderr.isTTY });
    throw new Error(`the services do not compile\n${messages.join('')}`, { cause: error });
  }
}

const OPTIONS = {
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  // The sources are at hand, and those of packages are most of a map.
  sourcesContent: false,
  logLevel: 'silent',
} satisfies BuildOptions;

/**
 * What `node --require` loads before a service. OpenTelemetry's packages are bundled in: loading several hundred files
 * would take longer than all else. The packages that they instrument stay outside.
 */
const PRELOAD = {
  entryPoints: { telemetry: join(PLATFORM, 'services/kit/telemetry/preload') },
  external: ['@grpc/grpc-js', 'mongodb'],
} satisfies BuildOptions;

/** A declaration of a circle runs before what it imports, so that it would see `undefined`. */
function refuseCircles({ inputs }: Metafile): void {
  const isDeclaration = (file: string): boolean => /^services\/[^/]+\/service\.ts$/.test(file);
  const declarations = Object.keys(inputs).filter(isDeclaration).sort();
  const imports = declarations.flatMap((from) => (inputs[from]?.imports ?? []).map(({ path: to }) => ({ from, to })));
  const circles = circlesOf(imports.filter(({ to }) => isDeclaration(to)));
  if (circles.length === 0) return;
  throw new Error(
    `declarations import each other in a circle:\n${circles.map((circle) => `  ${circle.join(' -> ')}\n`).join('')}` +
      'Calls go one way: move what both need into a service of its own, or send events (publishes, subscribes).',
  );
}

function entryPoints(root: string): Record<string, string> {
  const services = readdirSync(join(root, 'services'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'services', entry.name, 'main.ts')))
    .map(({ name }) => [name, join(root, 'services', name, 'main.ts')]);
  return {
    ...(Object.fromEntries(services) as Record<string, string>),
    charts: APP,
    mongodb: join(PLATFORM, 'infra/embedded-mongodb/main'),
    'telemetry-store': join(PLATFORM, 'infra/telemetry/main'),
  };
}
