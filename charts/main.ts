import { services } from '../services';
import { findEnvironment } from './environment';
import { settings as kind } from './environments/kind/settings';
import { settings as local } from './environments/local/settings';
import { settings as production } from './environments/production/settings';
import { synthesize } from './synth';
import { writeManifests } from './write';

/** What to synthesize, and where to. */
export interface SynthOptions {
  /** The project's folder. */
  root: string;
  /** A folder of `charts/environments`. */
  environment: string;
  /** Takes the manifests; it is made when it is not there. */
  folder: string;
}

/**
 * Writes the manifests of every service in `services/index.ts`.
 *
 * @returns the names of the files written
 * @throws Error that lists everything wrong with the declarations or the environment
 */
export function synth({ root, environment, folder }: SynthOptions): string[] {
  const manifests = synthesize(services, findEnvironment(environment, { local, kind, production }, root));
  writeManifests(manifests, folder);
  return [...manifests.keys()];
}
