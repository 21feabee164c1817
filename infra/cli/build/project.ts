import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';

/** Where things are in a project. */
export interface Project {
  root: string;
  /** The folder of environments, relative to the root. */
  environments: string;
  /** The package that the contracts of new services belong to, for example `shop` of `shop.billing.v1`. */
  protoPackage: string;
  /** Bundles of services and charts: `/app` in an image. */
  build: string;
  /** Manifests for a cluster. */
  dist: string;
  /** Manifests of this machine, which `npm start` runs. They lie elsewhere, so that none of them gets to a cluster. */
  manifests: string;
  /** What is kept while the platform runs. */
  state: string;
  runFile: string;
  /** What the services of the platform have logged since it started. */
  logs: string;
}

/** The section `weft` of a package.json, which makes its folder a project. */
const SECTION = z.strictObject({
  environments: z
    .string()
    .regex(/^(?!.*\.\.)[\w.-]+(\/[\w.-]+)*$/, 'must be a folder below package.json, for example environments')
    .default('environments'),
  protoPackage: z
    .string()
    .regex(/^[a-z]\w*(\.[a-z]\w*)*$/, 'must be a package of contracts, for example acme.shop')
    .default('weft'),
});

/**
 * The project that a folder lies in.
 *
 * @throws Error when it lies in none, or when its section in package.json is wrong
 */
export function findProject(folder: string): Project {
  for (let root = folder; ; root = dirname(root)) {
    const section = readSection(join(root, 'package.json'));
    if (section !== undefined) return projectAt(root, section);
    if (root === dirname(root))
      throw new Error(
        `${folder} is not in a Weft project: no package.json here or above has a section "weft"; ` +
          'run weft init beside the package.json of your project',
      );
  }
}

function readSection(file: string): unknown {
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { weft?: unknown }).weft;
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function projectAt(root: string, section: unknown): Project {
  const { data, error } = SECTION.safeParse(section);
  if (error) {
    const faults = error.issues.map(({ path, message }) => `\n  ${['weft', ...path].join('.')}: ${message}`);
    throw new Error(`${join(root, 'package.json')} is wrong:${faults.join('')}`);
  }
  const state = join(root, '.weft');
  return {
    root,
    ...data,
    build: join(root, 'build'),
    dist: join(root, 'dist'),
    manifests: join(state, 'manifests'),
    state,
    runFile: join(state, 'run.json'),
    logs: join(state, 'logs'),
  };
}
