import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @param path as the variable PATH is @returns the file of a program, where one is there and may be run */
export function onPath(program: string, path: string): string | undefined {
  const candidates = path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, program));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      // One may search a folder, which is the same permission.
      return statSync(candidate).isFile();
    } catch {
      return false;
    }
  });
}
