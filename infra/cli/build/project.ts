import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where things are in a project. */
export interface Project {
  root: string;
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

/**
 * The project that a folder lies in.
 *
 * @throws Error when it lies in none
 */
export function findProject(folder: string): Project {
  for (let root = folder; ; root = dirname(root)) {
    if (existsSync(join(root, 'cdk8s.yaml')) && existsSync(join(root, 'services'))) return projectAt(root);
    if (root === dirname(root))
      throw new Error(`${folder} is in no Weft project: no folder above it has a cdk8s.yaml and services/`);
  }
}

function projectAt(root: string): Project {
  const state = join(root, '.weft');
  return {
    root,
    build: join(root, 'build'),
    dist: join(root, 'dist'),
    manifests: join(state, 'manifests'),
    state,
    runFile: join(state, 'run.json'),
    logs: join(state, 'logs'),
  };
}
