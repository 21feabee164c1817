import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE } from '../build/platform';
import { addToPackage, initFiles, type PackageJson, projectNames } from './init-templates';

/**
 * Makes a folder with a package.json a Weft project: adds to the package.json, and writes the files that are missing.
 *
 * @returns the files written, relative to the folder
 * @throws Error when the folder has no package.json, or is a project already
 */
export function init(root: string): string[] {
  const file = join(root, 'package.json');
  if (!existsSync(file)) throw new Error(`${root} has no package.json; run npm init -y first`);
  const before = readPackage(file);
  if (before.weft !== undefined) throw new Error(`${root} is a Weft project already; weft new <name> adds a service`);
  const names = projectNames(before.name ?? '');
  writeFileSync(
    file,
    `${JSON.stringify(addToPackage(before, readPackage(join(PACKAGE, 'package.json')), names), undefined, 2)}\n`,
  );
  const files = [...initFiles(names)].filter(([path]) => !existsSync(join(root, path)));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return ['package.json', ...files.map(([path]) => path)];
}

function readPackage(file: string): PackageJson {
  return JSON.parse(readFileSync(file, 'utf8')) as PackageJson;
}
