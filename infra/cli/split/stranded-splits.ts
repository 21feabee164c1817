import { join, relative } from 'node:path';
import { splitFaults } from '../../mesh/split';
import type { Project } from '../build/project';
import { splitFile } from './split-file';
import { readReleased, type Released } from './split-released';

/**
 * Finds the splits of this machine that name a version its manifests no longer have. A cluster's API server refuses
 * such manifests.
 *
 * @returns one message per split, with the file and what to do
 * @throws Error for a split that cannot be read
 */
export function strandedSplits({ root, state, manifests }: Project): string[] {
  return readReleased(manifests, 'run npm start').flatMap((released) => {
    const file = splitFile(join(state, 'live'), released.service);
    const split = file.read();
    const faults = split ? splitFaults(split, released.versions) : [];
    return faults.length > 0 ? [`${relative(root, file.path)}: ${faults.join('; ')}; ${suggestFix(released)}`] : [];
  });
}

function suggestFix({ service, versions: [first] }: Released): string {
  const others = first === undefined ? '' : `npx weft split ${service} ${first}=100 or `;
  return `calls to it would be lost; run ${others}npx weft split ${service} --remove`;
}
