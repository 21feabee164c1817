import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, type BuildFailure, type BuildOptions, formatMessages, type Metafile } from 'esbuild';
import { generate } from '../../../proto/generate';
import { outsidePackages } from './bundled-packages';
import { circlesOf } from './circles';
import type { Project } from './project';

/**
 * Generates what comes from the contracts, then bundles every service, the charts, the embedded database and the
 * telemetry store.
 *
 * @throws Error with file and line of what does not compile, or with the declarations that import each other in a circle
 */
export async function buildProject({ root, build: outdir }: Project): Promise<void> {
  await generate(root);
  try {
    const options = { ...OPTIONS, absWorkingDir: root, outdir };
    const [{ metafile }] = await Promise.all([
      build({ ...options, metafile: true, entryPoints: entryPoints(root), external: outsidePackages(root) }),
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
  // The files themselves are there, and packages' are most of a map.
  sourcesContent: false,
  logLevel: 'silent',
} satisfies BuildOptions;

/**
 * What `node --require` loads before a service, with OpenTelemetry's packages in it: several hundred files would take
 * longer to load than all else. What they instrument stays outside.
 */
const PRELOAD = {
  entryPoints: { telemetry: 'services/kit/telemetry/preload.ts' },
  external: ['@grpc/grpc-js', 'mongodb'],
} satisfies BuildOptions;

/** Of declarations in a circle, one is read before there is what it names: `undefined` is all it could tell. */
function refuseCircles({ inputs }: Metafile): void {
  const isDeclaration = (file: string): boolean => /^services\/[^/]+\/service\.ts$/.test(file);
  const declarations = Object.keys(inputs).filter(isDeclaration).sort();
  const imports = declarations.flatMap((from) => (inputs[from]?.imports ?? []).map(({ path: to }) => ({ from, to })));
  const circles = circlesOf(imports.filter(({ to }) => isDeclaration(to)));
  if (circles.length === 0) return;
  throw new Error(
    `declarations import each other in a circle:\n${circles.map((circle) => `  ${circle.join(' -> ')}\n`).join('')}` +
      'Calls go one way: move what one of them wants of the other into a service of its own, or let it be told by ' +
      'events (publishes, subscribes).',
  );
}

function entryPoints(root: string): Record<string, string> {
  const services = readdirSync(join(root, 'services'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'services', entry.name, 'main.ts')))
    .map(({ name }) => [name, join(root, 'services', name, 'main.ts')]);
  return {
    ...(Object.fromEntries(services) as Record<string, string>),
    charts: join(root, 'charts/main.ts'),
    mongodb: join(root, 'infra/embedded-mongodb/main.ts'),
    'telemetry-store': join(root, 'infra/telemetry/main.ts'),
  };
}

/**
 * Runs the project's charts, as they were last built.
 *
 * @param environment a folder of `charts/environments`
 * @param folder takes the manifests
 * @param istio takes the files for installing Istio, where they are wanted
 * @returns the names of the files written
 * @throws Error that lists everything wrong with the declarations or the environment
 */
export function synthesize(
  { root, build: built }: Project,
  environment: string,
  folder: string,
  istio?: string,
): string[] {
  return chartsOf(root, built).synth({ root, environment, folder, istio });
}

/** What the charts export. */
interface Charts {
  synth(options: { root: string; environment: string; folder: string; istio: string | undefined }): string[];
}

/** @throws Error with the place where a declaration or settings, which are programs, came to an end */
function chartsOf(root: string, built: string): Charts {
  process.setSourceMapsEnabled(true);
  try {
    return createRequire(join(root, 'package.json'))(join(built, 'charts.cjs')) as Charts;
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${placeOf(error as Error, root)}: ${message}; npm run types may say more`, { cause: error });
  }
}

/** The file and line of the project where an error came from. */
function placeOf({ stack = '' }: Error, root: string): string {
  const line = stack.split('\n').find((each) => each.includes(`${root}/`) && !each.includes('node_modules')) ?? '';
  return line.slice(line.indexOf(root) + root.length + 1).replace(/\)$/, '') || 'a declaration';
}
