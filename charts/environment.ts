import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceSpec } from '../services/kit/spec';
import { type Releases, readReleases } from './releases';
import { readSettings, type Settings } from './settings';

/** Where manifests are for: what differs from place to place, and which versions run there. */
export interface Environment {
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
 * @throws Error that lists everything wrong with its two files
 */
export function readEnvironment(source: EnvironmentSource, services: readonly ServiceSpec[]): Environment {
  const inSettings: string[] = [];
  const inReleases: string[] = [];
  const settings = readSettings(source.settings, inSettings);
  const names = services.map(({ name }) => name);
  const releaseOf = readReleases(source.releases, names, inReleases);
  if (settings) inSettings.push(...namedServices(settings, services));
  const faults = [
    ...inSettings.map((fault) => `${source.folder}/settings.ts: ${fault}`),
    ...inReleases.map((fault) => `${source.folder}/releases.yaml: ${fault}`),
  ];
  if (faults.length > 0 || !settings) throw new Error(`the environment is wrong:\n  ${faults.join('\n  ')}`);
  return { settings, releaseOf };
}

/** Settings that name a service name one that there is, and hosts one that speaks HTTP. */
function namedServices(
  { namespaces, replicas, resources, hosts }: Settings,
  services: readonly ServiceSpec[],
): string[] {
  const unknown = Object.entries({ namespaces, replicas, resources, hosts }).flatMap(([field, byService]) =>
    Object.keys(byService)
      .filter((name) => !services.some((service) => service.name === name))
      .map((name) => `${field}.${name}: there is no such service; there are ${listOf(services)}`),
  );
  const http = services.filter((service) => service.http);
  const grpc = services.filter(({ name, http: isHttp }) => name in hosts && !isHttp);
  const closed = grpc.map(
    ({ name }) =>
      `hosts.${name}: speaks gRPC, which the ingress does not; move its hosts to ${listOf(http) || 'a gateway'}`,
  );
  return [...unknown, ...closed];
}

function listOf(services: readonly ServiceSpec[]): string {
  return services.map(({ name }) => name).join(', ');
}

/**
 * Finds an environment by its name.
 *
 * @param settings of every environment, by name
 * @param root of the project
 * @throws Error that lists those there are
 */
export function findEnvironment(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  root: string,
): EnvironmentSource {
  if (!Object.hasOwn(settings, name))
    throw new Error(
      `there is no environment "${name}" in charts/environments; there are ${Object.keys(settings).join(', ')}`,
    );
  const folder = `charts/environments/${name}`;
  return { folder, settings: settings[name], releases: readFileSync(join(root, folder, 'releases.yaml'), 'utf8') };
}
