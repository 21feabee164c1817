import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { splitOf } from '../../mesh/names';
import type { Split } from '../../mesh/split';
import { readSplit } from '../../mesh/split-reading';
import { parseFile } from './split-released';

/** The file with the split of a service on a laptop; on a cluster it is a resource. */
export interface SplitFile {
  readonly path: string;
  /** @returns undefined without a split @throws Error for a file that is not a split */
  read(): Split | undefined;
  /** Replaces the file atomically. */
  write(text: string): void;
  /** @returns whether there was one */
  remove(): boolean;
}

/** @param folder of live resources, `.weft/live` */
export function splitFile(folder: string, service: string): SplitFile {
  const path = join(folder, `${splitOf(service)}.yaml`);
  return {
    path,
    read: () => (existsSync(path) ? readFrom(path) : undefined),
    write: (text) => {
      mkdirSync(dirname(path), { recursive: true });
      // Not .yaml, and named after this process: two may write at once.
      const draft = `${path}.${process.pid}.new`;
      writeFileSync(draft, text);
      renameSync(draft, path);
    },
    remove: () => {
      const existed = existsSync(path);
      rmSync(path, { force: true });
      return existed;
    },
  };
}

function readFrom(path: string): Split {
  try {
    return readSplit(parseFile(path)[0]);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}; fix it, or remove it with --remove`, { cause: error });
  }
}
