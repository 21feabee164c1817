import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEADER, type Manifests } from './synth';

/**
 * Writes manifests into a folder, and removes those there that Weft made before and no longer makes. Files that
 * somebody else put there are left alone.
 *
 * @param folder is made when it is not there
 */
export function writeManifests(manifests: Manifests, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder))
    if (!manifests.has(name) && isOurs(join(folder, name))) rmSync(join(folder, name));
  for (const [name, text] of manifests) writeFileSync(join(folder, name), text);
}

function isOurs(file: string): boolean {
  return file.endsWith('.yaml') && readFileSync(file, 'utf8').startsWith(HEADER);
}
