import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '../services';
import { findEnvironment } from './environment/environment';
import { settings as kind } from './environments/kind/settings';
import { settings as local } from './environments/local/settings';
import { settings as production } from './environments/production/settings';
import { istioFilesOf } from './istio-install';
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
  /** Takes the files for installing Istio, where they are wanted; it is made when it is not there. */
  istio?: string | undefined;
}

/**
 * Writes the manifests of every service in `services/index.ts`.
 *
 * @returns the names of the files written
 * @throws Error that lists everything wrong with the declarations or the environment
 */
export function synth({ root, environment, folder, istio }: SynthOptions): string[] {
  const source = findEnvironment(environment, { local, kind, production }, root);
  const manifests = synthesize(services, source, declaredIn(join(root, 'services')));
  writeManifests(manifests, folder);
  if (istio !== undefined) writeManifests(istioFilesOf(source, services), istio);
  return [...manifests.keys()];
}

/** The folders that have a declaration. */
function declaredIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'service.ts')));
}
