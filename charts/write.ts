import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEADER, type Manifests } from './synth';

/**
 * Writes manifests into a folder, and removes those there that Weft made before and no longer makes. Files that
 * somebody else put there are left alone, and so are those that would not change: who watches the folder is told of
 * changes only.
 *
 * @param folder is made when it is not there
 */
export function writeManifests(manifests: Manifests, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder))
    if (!manifests.has(name) && isOurs(join(folder, name))) rmSync(join(folder, name));
  for (const [name, text] of manifests)
    if (textOf(join(folder, name)) !== text) writeFileSync(join(folder, name), text);
}

function isOurs(file: string): boolean {
  return file.endsWith('.yaml') && (textOf(file)?.startsWith(HEADER) ?? false);
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
