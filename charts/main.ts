import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '../services';
import { settings } from './environments/local/settings';
import { HEADER, synthesize } from './synth';

/**
 * Writes the manifests of every service in `services/index.ts`, and removes those that Weft made before and no
 * longer makes. Other files are left alone.
 *
 * @param folder is made when it is not there
 * @returns the names of the files written
 */
export function synth(folder: string): string[] {
  const manifests = synthesize(services, settings);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder))
    if (name.endsWith('.yaml') && !manifests.has(name) && readFileSync(join(folder, name), 'utf8').startsWith(HEADER))
      rmSync(join(folder, name));
  for (const [name, text] of manifests) writeFileSync(join(folder, name), text);
  return [...manifests.keys()];
}
