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

/** What to synthesize, and where to. */
export interface SynthOptions {
  /** The project's folder. */
  root: string;
  /** The folder of environments, relative to the project's. */
  environments: string;
  /** The name of one of them. */
  environment: string;
  /** Takes the manifests; it is made when it is not there. */
  folder: string;
  /** Takes the files for installing Istio, where they are wanted; it is made when it is not there. */
  istio?: string | undefined;
}

/** Writes manifests, and returns the names of the files. */
export type Synth = (options: SynthOptions) => string[];

/**
 * The synth of one project.
 *
 * @throws Error that lists everything wrong with the declarations or the environment
 */
export function createSynth({ services, settings }: AppParts): Synth {
  return ({ root, environments, environment, folder, istio }) => {
    const source = findEnvironment(environment, { settings, root, folder: environments });
    const manifests = synthesize(services, source, declaredIn(join(root, 'services')));
    writeManifests(manifests, folder);
    if (istio !== undefined) writeManifests(istioFilesOf(source, services), istio);
    return [...manifests.keys()];
  };
}

/** The folders that have a declaration. */
function declaredIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'service.ts')));
}
