import { createNames } from '../../../infra/mesh/names';
import { type Split, splitResource } from '../../../infra/mesh/split';
import { refusalsOf } from '../../testing/admission';
import { type Cluster, keyOf } from '../../testing/cluster';
import { environment } from '../../testing/environment';
import { onlyOf, type Resource, resourcesOf } from '../../testing/manifests';
import { all } from '../../testing/services';
import type { SettingsInput } from '../../environment/settings';

// What an API server says by the policies that `synthesize` writes; their expressions are evaluated as they are.

const NAMES = createNames({
  trustDomain: 'cluster.local',
  clusterDomain: 'cluster.local',
  namespace: 'weft',
  namespaces: { search: 'other' },
});

function made(file: string, canary?: string, settings: Partial<SettingsInput> = {}): Resource[] {
  const next = canary === undefined ? '' : `, canary: { version: ${canary}, tag: a }`;
  const releases = `default: { stable: { version: v1, tag: a }${next} }\n`;
  return resourcesOf(file, all, environment({ namespaces: { search: 'other' }, ...settings }, releases));
}

function split(weights: Record<string, number>, rest: Partial<Split> = {}): Resource {
  const value = { service: 'users', weights, lanes: Object.keys(weights).slice(1), ...rest };
  return splitResource(value, NAMES, 50_051) as unknown as Resource;
}

/** A cluster with v1 and v2 of all, and these as well. */
function cluster(extra: readonly Resource[], settings: Partial<SettingsInput> = {}): Cluster {
  const files = ['00-platform', 'users', 'search'].flatMap((file) => made(file, 'v2', settings));
  return new Map([...files, ...extra].map((each) => [keyOf(each), each]));
}

function update(object: Resource, at: Cluster): string[] {
  return refusalsOf({ object, oldObject: at.get(keyOf(object)) }, at);
}

const rule = (service: string, canary?: string): Resource => onlyOf('DestinationRule', made(service, canary));

describe('a DestinationRule', () => {
  const at = cluster([split({ v1: 80, v2: 20 })]);

  test('without a subset that the split names is refused, and the message says what to do', () => {
    expect(update(rule('users', 'v3'), at)).toEqual([
      'the split users-split still names v2, which would have no subset: its calls would be lost. ' +
        'Take it out of the split first (npx weft split users v1=100 -o yaml | kubectl apply -f -) ' +
        'or remove the split (kubectl -n weft delete virtualservice users-split), and then apply this again',
    ]);
    expect(update(rule('users'), at)).toHaveLength(1);
  });

  test.each<[string, Resource]>([
    ['a weight of 0 and a lane', split({ v1: 100, v2: 0 })],
    ['a weight alone', split({ v1: 99, v2: 1 }, { lanes: [] })],
    ['a lane alone', split({ v1: 100 }, { lanes: ['v2'] })],
  ])('is refused also where the split names the version by %s', (_, other) => {
    expect(update(rule('users', 'v3'), cluster([other]))).toHaveLength(1);
  });

  test.each<[string, Resource, Cluster]>([
    ['that keeps all', rule('users', 'v2'), at],
    ['with a split that does not name it', rule('users', 'v3'), cluster([split({ v1: 100 })])],
    ['with the split of another service', rule('search'), at],
    [
      'with a split in another namespace',
      rule('users'),
      cluster([{ ...split({ v2: 100 }), metadata: { name: 'users-split', namespace: 'other' } }]),
    ],
    ['that is new', rule('users'), new Map([...at].filter(([key]) => key !== 'DestinationRule weft/users'))],
    ['where policies only warn', rule('users'), cluster([split({ v1: 80, v2: 20 })], { policy: 'audit' })],
  ])('is accepted %s', (_, object, present) => {
    expect(update(object, present)).toEqual([]);
  });

  test('in another namespace is held against the splits there', () => {
    const there = cluster([split({ v1: 80, v2: 20 }, { service: 'search' })]);
    expect(update(rule('search', 'v3'), there)).toEqual([expect.stringContaining('kubectl -n other delete')]);
  });

  test('is held against a split that somebody wrote by hand, with routes that Weft does not make', () => {
    const byHand = split({ v1: 100 });
    byHand.spec['http'] = [
      { redirect: { authority: 'elsewhere' } },
      { route: [{ destination: { host: 'elsewhere' } }] },
      { route: [{ destination: { host: 'users', subset: 'v2' } }] },
    ];
    expect(update(rule('users'), cluster([byHand]))).toHaveLength(1);
    expect(update(rule('users', 'v2'), cluster([byHand]))).toEqual([]);
  });

  test('that would keep no subset at all is refused as well', () => {
    const none = rule('users');
    const { subsets: _, ...spec } = none.spec;
    expect(update({ ...none, spec }, at)).toEqual([
      'a split still names a version that would have no subset; take it out of the split, or remove the split',
    ]);
  });
});

describe('the end of a Deployment', () => {
  const remove = (version: string, at: Cluster): string[] =>
    refusalsOf({ oldObject: at.get(`Deployment weft/users-${version}`) }, at);

  test('is refused while a split names its version', () => {
    const at = cluster([split({ v1: 100, v2: 0 })]);
    expect(remove('v2', at)).toEqual([
      'the split users-split still names v2, which runs in these pods: its calls would be lost. ' +
        'Take it out of the split first (npx weft split with the other versions) ' +
        'or remove the split (kubectl -n weft delete virtualservice users-split)',
    ]);
    expect(remove('v1', at)).toHaveLength(1);
  });

  test('is accepted when none does', () => {
    expect(remove('v2', cluster([split({ v1: 100 })]))).toEqual([]);
    expect(remove('v2', cluster([]))).toEqual([]);
  });
});

describe('a split', () => {
  const set = (object: Resource, at: Cluster): string[] => update(object, at);

  test('that names a version without a subset is refused, whether it is new or not', () => {
    const refusals = [
      'the split users-split names a version that has no subset: its calls would be lost. ' +
        'users has v1, v2; first apply manifests with that version (npx weft synth)',
    ];
    expect(set(split({ v1: 80, v3: 20 }), cluster([]))).toEqual(refusals);
    expect(set(split({ v1: 80, v3: 20 }), cluster([split({ v1: 80, v2: 20 })]))).toEqual(refusals);
  });

  test.each([{ v1: 100 }, { v1: 80, v2: 20 }, { v2: 100 }])('of versions that are there is accepted: %j', (weights) => {
    expect(set(split(weights), cluster([]))).toEqual([]);
  });

  test('and nothing else is held against subsets', () => {
    const intent = onlyOf('VirtualService', made('users', 'v2'));
    const at = cluster([]);
    const text = JSON.stringify(intent).replaceAll('"subset":"v1"', '"subset":"v9"');
    expect(set(JSON.parse(text) as Resource, at)).toEqual([]);
    expect(set({ ...split({ v9: 100 }), metadata: { name: 'theirs', namespace: 'weft' } }, at)).toEqual([]);
  });
});
