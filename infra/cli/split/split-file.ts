import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { splitOf } from '../../mesh/names';
import type { Split } from '../../mesh/split';
import { readSplit } from '../../mesh/split-reading';
import { parseFile } from './split-released';

/** The file that holds the split of a service on a laptop: in a cluster it would be a resource. */
export interface SplitFile {
  readonly path: string;
  /** @returns nothing where there is no split @throws Error for a file that holds none */
  read(): Split | undefined;
  /** Whoever watches the folder sees the old file or the new one, and no half of one. */
  write(text: string): void;
  /** @returns whether there was one */
  remove(): boolean;
}

/** @param folder of what is live, `.weft/live` */
export function splitFile(folder: string, service: string): SplitFile {
  const path = join(folder, `${splitOf(service)}.yaml`);
  return {
    path,
    read: () => (existsSync(path) ? readFrom(path) : undefined),
    write: (text) => {
      mkdirSync(dirname(path), { recursive: true });
      // Not .yaml, and of this process alone: two of these may run at once.
      const draft = `${path}.${process.pid}.new`;
      writeFileSync(draft, text);
      renameSync(draft, path);
    },
    remove: () => {
      const there = existsSync(path);
      rmSync(path, { force: true });
      return there;
    },
  };
}

function readFrom(path: string): Split {
  try {
    return readSplit(parseFile(path)[0]);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}; mend it, or remove it with --remove`, { cause: error });
  }
}
