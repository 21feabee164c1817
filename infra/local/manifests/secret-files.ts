import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SecretFile } from './secret-volumes';

/**
 * Replaces the files of Secrets; only this user may read them.
 *
 * @param folder for these files only
 */
export function writeSecretFiles(folder: string, files: readonly SecretFile[]): void {
  removeSecretFiles(folder);
  for (const { path, content } of files) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, content, { mode: 0o600 });
  }
}

export function removeSecretFiles(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
