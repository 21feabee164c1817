import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { declarationOf, isServiceHost, serviceHostFault, type ServiceSpec } from '../../services/kit/declaration';
import { externalsOf } from '../declarations';
import { type Releases, readReleases } from './releases';
import { serviceSettingsFaults } from './service-settings';
import { type FieldFault, readServiceSettings } from './service-settings-shape';
import { readSettings, type Settings } from './settings';

/** Where manifests are for: what differs from place to place, and which versions run there. */
export interface Environment {
  /** For example `production`. */
  readonly name: string;
  readonly settings: Settings;
  readonly releaseOf: Releases;
}

/** An environment as it is written. */
export interface EnvironmentSource {
  /** The folder that has `settings.ts` and `releases.yaml`, for messages. */
  folder: string;
  settings: unknown;
  /** The text of `releases.yaml`. */
  releases: string;
}

/**
 * Reads an environment for a set of services.
 *
 * @param faults gets a line for everything wrong with its two files, and for what in declarations does not fit them
 * @returns nothing where something is wrong
 */
export function readEnvironment(
  source: EnvironmentSource,
  services: readonly ServiceSpec[],
  faults: string[],
): Environment | undefined {
  const inSettings: string[] = [];
  const inReleases: string[] = [];
  const settings = readSettings(source.settings, inSettings);
  const ofServices = readServiceSettings(settings ?? source.settings);
  if (ofServices) inSettings.push(...untold(serviceSettingsFaults(ofServices, services), inSettings));
  const names = services.map(({ name }) => name);
  const releaseOf = readReleases(source.releases, names, inReleases);
  const found = [
    ...inSettings.map((fault) => `${source.folder}/settings.ts: ${fault}`),
    ...inReleases.map((fault) => `${source.folder}/releases.yaml: ${fault}`),
    ...externalsOf(services).flatMap((spec) => externalFaults(spec, ofServices?.clusterDomain)),
  ];
  faults.push(...found);
  return settings && found.length === 0 ? { name: basename(source.folder), settings, releaseOf } : undefined;
}

/** One line a field: what has no right form need not fit the services as well. */
function untold(faults: readonly FieldFault[], told: readonly string[]): string[] {
  return faults
    .filter(([field]) => !told.some((line) => line.startsWith(`${field}: `)))
    .map(([field, fault]) => `${field}: ${fault}`);
}

/** Only here is known what the cluster calls itself. */
function externalFaults({ name, external }: ServiceSpec, clusterDomain = ''): string[] {
  const isService = external && isServiceHost(external.host, clusterDomain);
  return isService ? [`${declarationOf(name)}: ${serviceHostFault(external.host)}`] : [];
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
