import { join, relative } from 'node:path';
import { LANE_HEADER, splitOf } from '../../mesh/names';
import { type Split, splitFaults, splitResource } from '../../mesh/split';
import { writeYaml } from '../../mesh/yaml';
import type { Project } from '../build/project';
import { type SplitFile, splitFile } from './split-file';
import { readReleased, type Released } from './split-released';

/** The arguments of `weft split`. */
export interface SplitOptions {
  service: string;
  /** Each is `v1=80`; empty to show or remove the split of this machine. */
  weights: string[];
  remove: boolean;
  /** Prints the resource for a cluster and leaves this machine alone. */
  yaml: boolean;
}

/**
 * Shows, sets or removes how this machine divides the calls of a service among its versions. With `yaml` it prints the
 * resource for a cluster whose manifests are in `dist/`.
 *
 * @returns the output for a person
 * @throws Error that says what is wrong and what to write instead
 */
export function split(project: Project, options: SplitOptions): string {
  refuseName(options.service);
  refuseContradictions(options);
  return options.yaml ? forCluster(project, options) : onThisMachine(project, options);
}

/** The name becomes part of a path, so it must be a DNS label. */
function refuseName(service: string): void {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(service))
    throw new Error(`"${service}" is not a service name; use lowercase letters, digits and dashes`);
}

function refuseContradictions({ service, weights, remove, yaml }: SplitOptions): void {
  if (remove && weights.length > 0) throw new Error('give weights or --remove, not both');
  if (remove && yaml)
    throw new Error(`--remove does not take -o yaml; to remove the split of a cluster: ${kubectl('delete', service)}`);
  if (yaml && weights.length === 0)
    throw new Error(
      `-o yaml needs weights, for example v1=80 v2=20; to see the split of a cluster: ${kubectl('get', service)}`,
    );
}

/** The namespace on the cluster may differ from that of the manifests here. */
function kubectl(verb: 'get' | 'delete', service: string): string {
  return `kubectl -n <namespace> ${verb} virtualservice ${splitOf(service)}${verb === 'get' ? ' -o yaml' : ''}`;
}

function forCluster({ root, dist }: Project, { service, weights }: SplitOptions): string {
  const released = findReleased(dist, service, 'npm run synth writes them');
  const environment = released.environment === undefined ? '' : ` of ${released.environment}`;
  // Unlike the first line of a manifest: synth deletes stale manifests from dist/.
  const comment = `# Made by weft split from ${relative(root, released.file)}${environment}\n`;
  return comment + resourceText(parseValidSplit(released, weights, suggestRelease), released);
}

/** A cluster may still run a version that `dist/` has lost, because its API server refused the new manifests. */
function suggestRelease({ environment, versions }: Released, { weights }: Split): string[] {
  const gone = Object.keys(weights).filter((version) => !versions.includes(version));
  if (environment === undefined || gone.length === 0) return [];
  return [`to send calls to ${gone.join(', ')}, add it to ${environment}/releases.yaml and run npx weft synth`];
}

function onThisMachine({ root, state, manifests }: Project, { service, weights, remove }: SplitOptions): string {
  const file = splitFile(join(state, 'live'), service);
  const at = relative(root, file.path);
  if (remove) return removeSplit(service, file, at);
  const released = findReleased(manifests, service, 'run npm start first, or for a cluster add weights and -o yaml');
  if (weights.length === 0) return showSplit(file, released);
  const wanted = parseValidSplit(released, weights);
  file.write(resourceText(wanted, released));
  const again = `npx weft split ${service} ${weights.join(' ')} -o yaml | kubectl apply -f -`;
  return `wrote ${at}\n${describeSplit(wanted)}${NO_MESH}${clusterHint('change', again)}`;
}

/** @param advice what to do if the folder has no manifests */
function findReleased(folder: string, service: string, advice: string): Released {
  const all = readReleased(folder, advice);
  const found = all.find((each) => each.service === service);
  const others = all.filter(({ versions }) => versions.length > 0).map((each) => each.service);
  if (!found)
    throw new Error(`${folder} has no service "${service}"; it has ${others.join(', ') || 'no service with versions'}`);
  if (found.versions.length > 0) return found;
  throw new Error(`${service} has no versions: no Deployment in ${folder} labels its pods with "version"`);
}

/**
 * @param suggest what to do about the faults
 * @throws Error that lists everything wrong with the weights
 */
function parseValidSplit(released: Released, weights: string[], suggest: typeof suggestRelease = () => []): Split {
  const wanted = parseSplit(released.service, weights);
  refuse([...splitFaults(wanted, released.versions), ...suggest(released, wanted)]);
  return wanted;
}

/**
 * The first version is the stable one. Each later version also gets a lane, so that it can be tried before it has a
 * weight.
 */
function parseSplit(service: string, texts: string[]): Split {
  refuse(texts.filter((text) => !WEIGHT.test(text)).map(describeBadWeight));
  const weights = texts
    .map((text) => text.split('='))
    .map(([version = '', weight]) => [version, Number(weight)] as const);
  const versions = weights.map(([version]) => version);
  const duplicates = versions.filter((version, index) => versions.indexOf(version) < index);
  refuse([...new Set(duplicates)].map((version) => `${version} has more than one weight; give one`));
  return { service, weights: Object.fromEntries(weights), lanes: versions.slice(1) };
}

const WEIGHT = /^[^=]+=\d{1,3}$/;

function describeBadWeight(text: string): string {
  return `"${text}" is not a weight; write a version and a whole number from 0 to 100, for example v2=20`;
}

function refuse(faults: string[]): void {
  if (faults.length > 0) throw new Error(faults.join('\n  '));
}

function resourceText(wanted: Split, { namespace, host, port }: Released): string {
  const names = { namespaceOf: () => namespace, hostOf: () => host };
  return writeYaml(splitResource(wanted, names, port));
}

function showSplit(file: SplitFile, { service, versions }: Released): string {
  const present = file.read();
  const closing = NO_MESH + clusterHint('read', kubectl('get', service));
  if (!present) return `${service} has no split on this machine (its versions are ${versions.join(', ')})\n${closing}`;
  const faults = splitFaults(present, versions).map((fault) => `calls would be lost: ${fault}\n`);
  return [describeSplit(present), ...faults, closing].join('');
}

function describeSplit({ service, weights, lanes }: Split): string {
  const shares = Object.entries(weights).map(([version, weight]) => `${version} ${weight} %`);
  const asked = lanes.map((version) => `calls with ${LANE_HEADER}: ${version} all go to ${version}\n`);
  return [`calls to ${service} on this machine: ${shares.join(', ')}\n`, ...asked].join('');
}

function removeSplit(service: string, file: SplitFile, at: string): string {
  const said = file.remove() ? `removed ${at}` : `${service} has no split on this machine (there is no ${at})`;
  return `${said}\n${clusterHint('change', kubectl('delete', service))}`;
}

/** `npm start` gives every client the addresses of all versions, without weights. */
const NO_MESH = 'npm start has no mesh yet: it spreads calls over all versions\n';

/** A reader could think that this is about the cluster of kubectl. */
function clusterHint(verb: 'read' | 'change', command: string): string {
  return `this does not ${verb} a cluster; to do that: ${command}\n`;
}
