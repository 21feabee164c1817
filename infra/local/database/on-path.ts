import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Finds an executable program. @param path in the format of the variable PATH */
export function findOnPath(program: string, path: string): string | undefined {
  const candidates = path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, program));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      // A folder can have the same permission.
      return statSync(candidate).isFile();
    } catch {
      return false;
    }
  });
}
