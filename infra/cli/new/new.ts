import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createNameCheck } from '../../mesh/names';
import type { Project } from '../build/project';
import { addToIndex, namesOf, type ServiceNames, templates } from './new-templates';

/**
 * Writes a new service: a contract, a folder, and a line in `services/index.ts`.
 *
 * @returns the files written, relative to the project
 * @throws Error when a service cannot have the name, or something of that name exists
 */
export function scaffold({ root, protoPackage }: Pick<Project, 'root' | 'protoPackage'>, name: string): string[] {
  const names = namesOf(name);
  const files = templates(names, { protoPackage, kit: kitOf(root) });
  refuseExisting(root, names, [...files.keys()]);
  const [fault] = createNameCheck(readdirSync(join(root, 'services')))(name);
  if (fault) throw new Error(`${fault.message}; ${fault.fix}`);
  const index = join(root, 'services/index.ts');
  files.set('services/index.ts', addToIndex(readFileSync(index, 'utf8'), names));
  for (const [file, text] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return [...files.keys()];
}

/** Weft's own repository has the kit among its services; elsewhere it is in a package. */
function kitOf(root: string): string {
  return existsSync(join(root, 'services/kit')) ? '../kit' : 'weft-mesh/kit';
}

function refuseExisting(root: string, { service }: ServiceNames, files: string[]): void {
  const taken = [`services/${service}`, ...files].find((file) => existsSync(join(root, file)));
  if (taken) throw new Error(`${taken} exists already; choose another name`);
}
