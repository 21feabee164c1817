import { loadAll } from 'js-yaml';
import { createNames, splitOf, workloadOf } from '../../infra/mesh/names';
import { splitResource } from '../../infra/mesh/split';
import type { SettingsInput } from '../environment/settings';
import { synthesize } from '../synth';
import { type Cluster, keyOf, type Outcome, outcomeOfDelete, outcomesOfApply } from './cluster';
import { environment } from './environment';
import type { Resource } from './manifests';
import type { Call } from './route';
import { all } from './services';

/** A service during a promotion, and the calls to it. */
export interface Place {
  service: string;
  /** The port that the split routes to. */
  port: number;
  settings?: Partial<SettingsInput>;
  calls: Omit<Call, 'headers'>[];
}

/** One step of a person, with all its possible outcomes. */
export type Change = (cluster: Cluster) => Outcome[];

/** The steps of the table in docs/rollout.md and of its abort by name, and after them what somebody might do instead. */
export type Step = keyof ReturnType<typeof stepsOf>;

/** The changes of each step. */
export function stepsOf(place: Place) {
  const made = new Map<string, Resource[]>();
  const run = (stable: string, canary?: string): Change => {
    const key = `${stable} ${canary}`;
    return (cluster) => {
      const resources = made.get(key) ?? manifestsOf(place, stable, canary);
      made.set(key, resources);
      return outcomesOfApply(cluster, resources);
    };
  };
  const split = (weights: Record<string, number>): Change => applying([splitOfPlace(place, weights)]);
  const stop = (version: string): Change => removing('Deployment', workloadOf(place.service, version));
  return {
    first: [run('v1')],
    release: [run('v1', 'v2')],
    try: [split({ v1: 100, v2: 0 })],
    some: [split({ v1: 80, v2: 20 })],
    all: [split({ v1: 0, v2: 100 })],
    stable: [run('v2', 'v1')],
    unsplit: [removing('VirtualService', splitOf(place.service))],
    retire: [run('v2'), stop('v1')],
    back: [split({ v1: 100, v2: 0 })],
    unstable: [run('v1', 'v2')],
    drop: [run('v1'), stop('v2')],
    'v2 alone': [run('v2')],
    'stop v1': [stop('v1')],
    replace: [run('v1', 'v3')],
    'replace late': [run('v2', 'v3')],
    'only v1': [split({ v1: 100 })],
    'only v2': [split({ v2: 100 })],
    'try v3': [split({ v1: 100, v3: 0 })],
    'some v3': [split({ v1: 80, v3: 20 })],
    'stop v2': [stop('v2')],
    'stop v3': [stop('v3')],
  } satisfies Record<string, Change[]>;
}

function applying(resources: readonly Resource[]): Change {
  return (cluster) => outcomesOfApply(cluster, resources);
}

function removing(kind: string, name: string): Change {
  const key = keyOf({ kind, metadata: { name, namespace: NAMING.namespace } });
  return (cluster) => [outcomeOfDelete(cluster, key)];
}

/** The manifests with these versions in releases.yaml. */
function manifestsOf({ service, settings }: Place, stable: string, canary?: string): Resource[] {
  const versions = Object.entries({ stable, ...(canary !== undefined && { canary }) });
  const release = versions.map(([role, version]) => `${role}: { version: ${version}, tag: ${version} }`);
  const source = environment(settings, `default: { ${release.join(', ')} }\n`);
  const files = synthesize(all, source);
  return ['00-platform', service].flatMap((name) => loadAll(files.get(`${name}.yaml`) ?? '') as Resource[]);
}

const NAMING = { trustDomain: 'cluster.local', clusterDomain: 'cluster.local', namespace: 'weft', namespaces: {} };

/** A split as `weft split` makes it: every version but the first gets a lane. */
function splitOfPlace({ service, port }: Place, weights: Record<string, number>): Resource {
  const lanes = Object.keys(weights).slice(1);
  return splitResource({ service, weights, lanes }, createNames(NAMING), port) as unknown as Resource;
}
