import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProject } from '../build/project';
import { split, type SplitOptions } from '../split/split';

/** A project with manifests of two services in `dist/` and `.weft/manifests`. */
export interface SplitProject {
  /** The absolute path of a file in the project. */
  path(name: string): string;
  write(name: string, content: string): void;
  run(service: string, weights?: string[], options?: Partial<SplitOptions>): string;
  remove(): void;
}

/** The manifests that `npm start` runs. */
export const HERE = '.weft/manifests';

/** The split of `payment` on this machine. */
export const LIVE = '.weft/live/payment-split.yaml';

export function splitProject(): SplitProject {
  const root = mkdtempSync(join(tmpdir(), 'weft-split-'));
  const path = (name: string): string => join(root, name);
  const write = (name: string, content: string): void => writeFileSync(path(name), content);
  mkdirSync(path('services'));
  write('package.json', '{ "weft": {} }');
  for (const folder of [HERE, 'dist']) {
    mkdirSync(path(folder), { recursive: true });
    write(`${folder}/payment.yaml`, manifests('payment', 'v1', 'v2'));
    write(`${folder}/greeter.yaml`, manifests('greeter', 'v1'));
    write(`${folder}/README.md`, 'no: [manifest');
  }
  return {
    path,
    write,
    run: (service, weights = [], options = {}) =>
      split(findProject(root), { service, weights, remove: false, yaml: false, ...options }),
    remove: () => rmSync(root, { recursive: true }),
  };
}

/** A Service and a Deployment for each version. */
export function manifests(service: string, ...versions: string[]): string {
  const deployments = versions.map(
    (version) => `---
kind: Deployment
metadata: {name: ${service}-${version}, namespace: shop}
spec: {template: {metadata: {labels: {app: ${service}, version: ${version}}}}}
`,
  );
  return `kind: Service
metadata: {name: ${service}, namespace: shop}
spec: {selector: {app: ${service}}, ports: [{name: metrics, port: 9090}, {name: grpc, port: 50051}]}
${deployments.join('')}`;
}
