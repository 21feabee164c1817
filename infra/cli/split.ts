import { join, relative } from 'node:path';
import { stringify } from 'yaml';
import { LANE_HEADER } from '../mesh/names';
import { type Split, splitFaults, splitResource } from '../mesh/split';
import type { Project } from './project';
import { type SplitFile, splitFile } from './split-file';
import { readReleased, type Released } from './split-released';

/** What `weft split` was told. */
export interface SplitOptions {
  service: string;
  /** `v1=80` each; none to see or to remove the split there is. */
  weights: string[];
  remove: boolean;
  /** Prints the resource instead of writing it. */
  yaml: boolean;
}

/** `npm start` gives every client the addresses of all versions: there is nothing that could weigh them. */
const NO_MESH =
  'npm start has no mesh yet: it spreads calls over all versions; for a cluster: -o yaml | kubectl apply -f -\n';

/**
 * Shows, sets or removes how the calls of a service are divided among its versions.
 *
 * @returns what there is to read
 * @throws Error that says what cannot be, and what can
 */
export function split(project: Project, { service, weights, remove, yaml }: SplitOptions): string {
  refuseContradictions(weights, remove, yaml);
  const file = splitFile(join(project.state, 'live'), nameOf(service));
  const at = relative(project.root, file.path);
  if (remove) return removed(service, file, at);
  const released = findReleased(project, service);
  if (weights.length === 0) return shown(file, released, yaml);
  const wanted = parseSplit(service, weights);
  refuse(splitFaults(wanted, released.versions));
  if (yaml) return resourceText(wanted, released);
  file.write(resourceText(wanted, released));
  return `wrote ${at}\n${described(wanted)}${NO_MESH}`;
}

function refuseContradictions(weights: string[], remove: boolean, yaml: boolean): void {
  if (remove && weights.length > 0) throw new Error('either weights or --remove, not both');
  if (remove && yaml)
    throw new Error('--remove has nothing to print; on a cluster: kubectl delete virtualservice <service>-split');
}

/** @throws Error for what cannot be the name of a service, or of a file */
function nameOf(service: string): string {
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(service)) return service;
  throw new Error(`"${service}" is no name of a service`);
}

function findReleased({ dist }: Project, service: string): Released {
  const all = readReleased(dist);
  const found = all.find((each) => each.service === service);
  const others = all.filter(({ versions }) => versions.length > 0).map((each) => each.service);
  if (!found)
    throw new Error(`${dist} has no service "${service}"; it has ${others.join(', ') || 'none with versions'}`);
  if (found.versions.length > 0) return found;
  throw new Error(`${service} has no versions: no Deployment in ${dist} gives its pods a label version`);
}

/**
 * The first version named is the one there was; those after it are on their way, and can be asked for before anybody
 * is sent to them.
 */
function parseSplit(service: string, texts: string[]): Split {
  const weights = texts.map((text) => parseWeight(text));
  const versions = weights.map(([version]) => version);
  const twice = versions.find((version, index) => versions.indexOf(version) < index);
  if (twice !== undefined) throw new Error(`${twice} has two weights; give it one`);
  return { service, weights: Object.fromEntries(weights), lanes: versions.slice(1) };
}

function parseWeight(text: string): [version: string, weight: number] {
  const [, version, weight] = /^([^=]+)=(\d{1,3})$/.exec(text) ?? [];
  if (version === undefined)
    throw new Error(`"${text}" is no weight; write a version and a whole number from 0 to 100, for example v2=20`);
  return [version, Number(weight)];
}

function refuse(faults: string[]): void {
  if (faults.length > 0) throw new Error(faults.join('\n  '));
}

function resourceText(wanted: Split, { namespace, host, port }: Released): string {
  const names = { namespaceOf: () => namespace, hostOf: () => host };
  return stringify(splitResource(wanted, names, port), { aliasDuplicateObjects: false });
}

function shown(file: SplitFile, released: Released, yaml: boolean): string {
  const present = file.read();
  const { service, versions } = released;
  if (!present && yaml) throw new Error(`${service} has no split to print; give weights, for example v1=80 v2=20`);
  if (!present) return `${service} has no split: all calls go to its stable version (it has ${versions.join(', ')})\n`;
  if (yaml) return resourceText(present, released);
  const faults = splitFaults(present, versions).map((fault) => `calls are lost: ${fault}\n`);
  return [described(present), ...faults].join('');
}

function described({ service, weights, lanes }: Split): string {
  const shares = Object.entries(weights).map(([version, weight]) => `${version} ${weight} %`);
  const asked = lanes.map((version) => `with ${LANE_HEADER}: ${version} all of them go to ${version}\n`);
  return [`calls to ${service}: ${shares.join(', ')}\n`, ...asked].join('');
}

function removed(service: string, file: SplitFile, at: string): string {
  if (!file.remove()) return `${service} has no split (there is no ${at})\n`;
  return `removed ${at}: all calls to ${service} go to its stable version\n`;
}
