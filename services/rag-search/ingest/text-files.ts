import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';

const EXTENSIONS = ['.md', '.mdx', '.markdown', '.txt', '.rst', '.adoc'];

/** Less than what a gRPC server accepts as one message, 4 MiB. */
const MAX_BYTES = 3.5 * 1024 * 1024;

/** A file to send. */
export interface TextFile {
  path: string;
  /** Relative to the folder that is sent, with slashes. */
  name: string;
  bytes: number;
}

/**
 * The Markdown and text files below a folder, sorted by path, without hidden ones and packages.
 *
 * @throws Error when there are none
 */
export function findTextFiles(folder: string): TextFile[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && EXTENSIONS.includes(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, name: relative(folder, path).replaceAll('\\', '/'), bytes: statSync(path).size }))
    .filter(({ name }) => !/(^|\/)(node_modules|\.[^/]+)\//.test(name))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  if (files.length === 0) throw new Error(`${folder} has no files that end in ${EXTENSIONS.join(', ')}`);
  return files;
}

/** @throws Error that says why a file cannot be sent */
export function readText({ path, bytes }: TextFile): string {
  if (bytes > MAX_BYTES) throw new Error(`${path} is over 3.5 MiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    throw new Error(`${path} is not UTF-8`, { cause: error });
  }
}
