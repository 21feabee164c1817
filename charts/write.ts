import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEADER, type Manifests } from './synth';

/**
 * Writes manifests into a folder and removes those that Weft no longer makes. Other files stay. Files that would not
 * change are not written, so a watcher of the folder sees changes only.
 *
 * @param folder created if missing
 */
export function writeManifests(manifests: Manifests, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder))
    if (!manifests.has(name) && isMadeByWeft(join(folder, name))) rmSync(join(folder, name));
  for (const [name, text] of manifests)
    if (textOf(join(folder, name)) !== text) writeFileSync(join(folder, name), text);
}

function isMadeByWeft(file: string): boolean {
  return file.endsWith('.yaml') && (textOf(file)?.startsWith(HEADER) ?? false);
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
