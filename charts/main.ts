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

/** What to synthesize, and where to write it. */
export interface SynthOptions {
  /** The project's folder. */
  root: string;
  /** The name of a folder in `charts/environments`. */
  environment: string;
  /** The folder for the manifests; created if missing. */
  folder: string;
  /** The folder for the files that install Istio, if they are wanted; created if missing. */
  istio?: string | undefined;
}

/**
 * Writes the manifests of every service in `services/index.ts`.
 *
 * @returns the names of the files written
 * @throws Error with all faults of the declarations and the environment
 */
export function synth({ root, environment, folder, istio }: SynthOptions): string[] {
  const source = findEnvironment(environment, { local, kind, production }, root);
  const manifests = synthesize(services, source, declarationFolders(join(root, 'services')));
  writeManifests(manifests, folder);
  if (istio !== undefined) writeManifests(istioFilesOf(source, services), istio);
  return [...manifests.keys()];
}

/** The folders that have a declaration. */
function declarationFolders(folder: string): string[] {
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'service.ts')));
}
