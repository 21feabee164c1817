import { services } from '../services';
import { settings } from './environments/local/settings';
import { synthesize } from './synth';
import { writeManifests } from './write';

/**
 * Writes the manifests of every service in `services/index.ts`.
 *
 * @param folder is made when it is not there
 * @returns the names of the files written
 */
export function synth(folder: string): string[] {
  const manifests = synthesize(services, settings);
  writeManifests(manifests, folder);
  return [...manifests.keys()];
}
