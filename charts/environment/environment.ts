import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkOutside, declarationPath, type ServiceSpec } from '../../services/kit/declaration';
import { type Fault, inFile } from '../../services/kit/faults/fault';
import { externalsOf } from '../declarations/externals';
import { type Releases, validateReleases } from './releases';
import type { Settings } from './settings';
import { validateSettings } from './validate-settings';

/** Where manifests are for: its settings, and the versions that run there. */
export interface Environment {
  /** For example `production`. */
  readonly name: string;
  readonly settings: Settings;
  readonly releaseOf: Releases;
}

/** An environment as it is written. */
export interface EnvironmentSource {
  /** The folder of `settings.ts` and `releases.yaml`, for messages. */
  folder: string;
  settings: unknown;
  /** The text of `releases.yaml`. */
  releases: string;
}

/**
 * Reads an environment for a set of services.
 *
 * @returns the environment, or all faults of its two files, and of hosts in declarations that do not fit its settings
 */
export function readEnvironment(
  source: EnvironmentSource,
  services: readonly ServiceSpec[],
): { environment: Environment | undefined; faults: Fault[] } {
  const { settings, faults: inSettings } = validateSettings(source.settings, services);
  const { releaseOf, faults: inReleases } = validateReleases(source.releases, services);
  const faults = [
    ...inFile(`${source.folder}/settings.ts`, inSettings),
    ...inFile(`${source.folder}/releases.yaml`, inReleases),
    ...(settings ? externalsOf(services).flatMap((spec) => hostFaults(spec, settings)) : []),
  ];
  const isValid = settings !== undefined && faults.length === 0;
  return { environment: isValid ? { name: basename(source.folder), settings, releaseOf } : undefined, faults };
}

/** The declaration could not know the domain of the cluster. */
function hostFaults({ name, external }: ServiceSpec, { clusterDomain }: Settings): Fault[] {
  const fault = external && checkOutside(external.host, clusterDomain);
  return fault ? [{ file: declarationPath(name), path: 'host', ...fault }] : [];
}

/** The environments of a project. */
export interface Environments {
  /** The settings of each, by its name. */
  settings: Readonly<Record<string, unknown>>;
  /** The project's folder. */
  root: string;
  /** The folder of environments, relative to the project's. */
  folder: string;
}

/**
 * Finds an environment by its name.
 *
 * @throws Error that lists the environments of the project, or says that this one has no releases.yaml
 */
export function findEnvironment(name: string, { settings, root, folder: parent }: Environments): EnvironmentSource {
  const folder = `${parent}/${name}`;
  if (!Object.hasOwn(settings, name)) throw new Error(unknownEnvironment(name, folder, Object.keys(settings)));
  const releases = join(root, folder, 'releases.yaml');
  if (!existsSync(releases))
    throw new Error(`${folder}/releases.yaml is missing; write default: { stable: { version: v1, tag: … } }`);
  return { folder, settings: settings[name], releases: readFileSync(releases, 'utf8') };
}

function unknownEnvironment(name: string, folder: string, known: readonly string[]): string {
  const choice = known.length > 0 ? `choose ${known.join(', ')}, or ` : '';
  return `environment "${name}" does not exist; ${choice}write ${folder}/settings.ts and ${folder}/releases.yaml`;
}
