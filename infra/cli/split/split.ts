import { join, relative } from 'node:path';
import { LANE_HEADER, splitOf } from '../../mesh/names';
import { type Split, splitFaults, splitResource } from '../../mesh/split';
import { writeYaml } from '../../mesh/yaml';
import type { Project } from '../build/project';
import { type SplitFile, splitFile } from './split-file';
import { readReleased, type Released } from './split-released';

/** What `weft split` was told. */
export interface SplitOptions {
  service: string;
  /** `v1=80` each; none to see or to remove the split of this machine. */
  weights: string[];
  remove: boolean;
  /** Prints the resource for a cluster, and has nothing to do with this machine. */
  yaml: boolean;
}

/**
 * Shows, sets or removes how this machine divides the calls of a service among its versions. With `yaml` it is about a
 * cluster, whose manifests are in `dist/`, and only prints: what a cluster has is known to the cluster alone.
 *
 * @returns what there is to read
 * @throws Error that says what cannot be, and what can
 */
export function split(project: Project, options: SplitOptions): string {
  refuseName(options.service);
  refuseContradictions(options);
  return options.yaml ? forCluster(project, options) : onThisMachine(project, options);
}

/** @throws Error for what cannot be the name of a service, or of a file */
function refuseName(service: string): void {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(service)) throw new Error(`"${service}" is no name of a service`);
}

function refuseContradictions({ service, weights, remove, yaml }: SplitOptions): void {
  if (remove && weights.length > 0) throw new Error('either weights or --remove, not both');
  if (remove && yaml) throw new Error(`--remove has nothing to print; on a cluster: ${kubectl('delete', service)}`);
  if (yaml && weights.length === 0)
    throw new Error(
      `give weights to print, for example v1=80 v2=20; a cluster has its own: ${kubectl('get', service)}`,
    );
}

/** The namespace is the cluster's, which need not be the one of the manifests here. */
function kubectl(verb: 'get' | 'delete', service: string): string {
  return `kubectl -n <namespace> ${verb} virtualservice ${splitOf(service)}${verb === 'get' ? ' -o yaml' : ''}`;
}

function forCluster({ root, dist }: Project, { service, weights }: SplitOptions): string {
  const released = findReleased(dist, service, 'npm run synth writes them');
  const environment = released.environment === undefined ? '' : ` of ${released.environment}`;
  // Not as manifests begin: synth removes those from dist/ that it has not made.
  const comment = `# Made by weft split from ${relative(root, released.file)}${environment}\n`;
  return comment + resourceText(wantedOf(released, weights, wayBack), released);
}

/** A cluster may still run what `dist/` no longer has: an apply that its API server refused changes nothing there. */
function wayBack({ environment, versions }: Released, { weights }: Split): string[] {
  const gone = Object.keys(weights).filter((version) => !versions.includes(version));
  if (environment === undefined || gone.length === 0) return [];
  return [`to send calls to ${gone.join(', ')}, write it into ${environment}/releases.yaml and run npx weft synth`];
}

function onThisMachine({ root, state, manifests }: Project, { service, weights, remove }: SplitOptions): string {
  const file = splitFile(join(state, 'live'), service);
  const at = relative(root, file.path);
  if (remove) return removed(service, file, at);
  const released = findReleased(manifests, service, 'run npm start first, or for a cluster add weights and -o yaml');
  if (weights.length === 0) return shown(file, released);
  const wanted = wantedOf(released, weights);
  file.write(resourceText(wanted, released));
  const again = `npx weft split ${service} ${weights.join(' ')} -o yaml | kubectl apply -f -`;
  return `wrote ${at}\n${described(wanted)}${NO_MESH}${noCluster('changed', again)}`;
}

/** @param orElse what to do where the folder has no manifests */
function findReleased(folder: string, service: string, orElse: string): Released {
  const all = readReleased(folder, orElse);
  const found = all.find((each) => each.service === service);
  const others = all.filter(({ versions }) => versions.length > 0).map((each) => each.service);
  if (!found)
    throw new Error(`${folder} has no service "${service}"; it has ${others.join(', ') || 'none with versions'}`);
  if (found.versions.length > 0) return found;
  throw new Error(`${service} has no versions: no Deployment in ${folder} gives its pods a label version`);
}

/**
 * @param advice what to do about the faults
 * @throws Error that lists everything wrong with the weights
 */
function wantedOf(released: Released, weights: string[], advice: typeof wayBack = () => []): Split {
  const wanted = parseSplit(released.service, weights);
  refuse([...splitFaults(wanted, released.versions), ...advice(released, wanted)]);
  return wanted;
}

/**
 * The first version named is the one there was; those after it are on their way, and can be asked for before anybody
 * is sent to them.
 */
function parseSplit(service: string, texts: string[]): Split {
  refuse(texts.filter((text) => !WEIGHT.test(text)).map(noWeight));
  const weights = texts
    .map((text) => text.split('='))
    .map(([version = '', weight]) => [version, Number(weight)] as const);
  const versions = weights.map(([version]) => version);
  const twice = versions.filter((version, index) => versions.indexOf(version) < index);
  refuse([...new Set(twice)].map((version) => `${version} has more than one weight; give it one`));
  return { service, weights: Object.fromEntries(weights), lanes: versions.slice(1) };
}

const WEIGHT = /^[^=]+=\d{1,3}$/;

function noWeight(text: string): string {
  return `"${text}" is no weight; write a version and a whole number from 0 to 100, for example v2=20`;
}

function refuse(faults: string[]): void {
  if (faults.length > 0) throw new Error(faults.join('\n  '));
}

function resourceText(wanted: Split, { namespace, host, port }: Released): string {
  const names = { namespaceOf: () => namespace, hostOf: () => host };
  return writeYaml(splitResource(wanted, names, port));
}

function shown(file: SplitFile, { service, versions }: Released): string {
  const present = file.read();
  const closing = NO_MESH + noCluster('asked', kubectl('get', service));
  if (!present) return `${service} has no split on this machine (its versions are ${versions.join(', ')})\n${closing}`;
  const faults = splitFaults(present, versions).map((fault) => `calls would be lost: ${fault}\n`);
  return [described(present), ...faults, closing].join('');
}

function described({ service, weights, lanes }: Split): string {
  const shares = Object.entries(weights).map(([version, weight]) => `${version} ${weight} %`);
  const asked = lanes.map((version) => `with ${LANE_HEADER}: ${version} all of them go to ${version}\n`);
  return [`calls to ${service} on this machine: ${shares.join(', ')}\n`, ...asked].join('');
}

function removed(service: string, file: SplitFile, at: string): string {
  const said = file.remove() ? `removed ${at}` : `${service} has no split on this machine (there is no ${at})`;
  return `${said}\n${noCluster('changed', kubectl('delete', service))}`;
}

/** `npm start` gives every client the addresses of all versions: there is nothing that could weigh them. */
const NO_MESH = 'npm start has no mesh yet: it spreads calls over all versions\n';

/** What a laptop says is easily taken for what is so on the cluster that kubectl knows. */
function noCluster(verb: 'asked' | 'changed', command: string): string {
  return `no cluster was ${verb}; for one: ${command}\n`;
}
