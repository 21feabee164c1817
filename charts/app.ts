import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceSpec } from '../services/kit/declaration';
import { findEnvironment } from './environment/environment';
import { istioFilesOf } from './istio-install';
import { synthesize } from './synth';
import { writeManifests } from './write';

/** A project's own part of an app: the entry that `weft build` writes has it. */
export interface AppParts {
  /** What `services/index.ts` lists. */
  services: readonly ServiceSpec[];
  /** The settings of each environment, by the name of its folder. */
  settings: Readonly<Record<string, unknown>>;
}

/** What to synthesize, and where to write it. */
export interface SynthOptions {
  /** The project's folder. */
  root: string;
  /** The folder of environments, relative to the project's. */
  environments: string;
  /** The name of one of them. */
  environment: string;
  /** The folder for the manifests; created if missing. */
  folder: string;
  /** The folder for the files that install Istio, if they are wanted; created if missing. */
  istio?: string | undefined;
}

/** Writes manifests, and returns the names of the files. */
export type Synth = (options: SynthOptions) => string[];

/**
 * The synth of one project.
 *
 * @throws Error that lists all faults of the declarations and the environment
 */
export function createSynth({ services, settings }: AppParts): Synth {
  return ({ root, environments, environment, folder, istio }) => {
    const source = findEnvironment(environment, { settings, root, folder: environments });
    const manifests = synthesize(services, source, declarationFolders(join(root, 'services')));
    writeManifests(manifests, folder);
    if (istio !== undefined) writeManifests(istioFilesOf(source, services), istio);
    return [...manifests.keys()];
  };
}

/** The folders that have a declaration. */
function declarationFolders(folder: string): string[] {
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'service.ts')));
}
