import { LANE_HEADER } from '../infra/mesh/names';
import { methodGroupsOf } from './constructs/method-groups';
import { type Cluster, mixesOf } from './fixtures/cluster';
import { type Change, type Place, type Step, stepsOf } from './fixtures/promotion';
import { type Arrival, arrivalsOf, type Call } from './fixtures/route';
import { users } from './fixtures/services';

// The order in which a version takes over, or goes again, as README has it: at every stop on the way, and while an
// apply is half done, each call has to reach a version that is there. What routes is what `synthesize` writes.

const USERS = { host: 'users.weft.svc.cluster.local', port: 50_051 };
const OUTSIDE = { host: 'edge.example.com', port: 80, path: '/v1/anything' };

const GRPC: Place = {
  service: 'users',
  port: USERS.port,
  calls: methodGroupsOf(users).flatMap(({ paths }) => paths.map((path) => ({ ...USERS, path }))),
};
const HTTP: Place = {
  service: 'edge',
  port: 8080,
  settings: { hosts: { edge: [OUTSIDE.host] } },
  calls: [{ host: 'edge.weft.svc.cluster.local', port: 8080, path: '/v1/anything' }, OUTSIDE],
};
const CLOSED: Place = { ...HTTP, settings: { ...HTTP.settings, headerRouting: false } };

const STEPS = new Map([GRPC, HTTP, CLOSED].map((place) => [place, stepsOf(place)]));

const PROMOTION: Step[] = ['release', 'try', 'some', 'all', 'stable', 'unsplit', 'retire'];
const ABORT: Step[] = ['back', 'unstable', 'unsplit', 'drop'];

function changesOf(place: Place, steps: readonly Step[]): { step: Step; change: Change }[] {
  return steps.flatMap((step) => (STEPS.get(place)?.[step] ?? []).map((change) => ({ step, change })));
}

/** The cluster after some steps, the first of which is to apply v1. */
function after(place: Place, ...steps: Step[]): Cluster {
  return changesOf(place, ['first', ...steps]).reduce<Cluster>((at, { change }) => change(at), new Map());
}

const inWords = ({ version, lost }: Arrival): string => [version, lost].filter(Boolean).join(' has ');

function lossesIn({ calls }: Place, cluster: Cluster): string[] {
  const lanes: Call['headers'][] = [{}, { [LANE_HEADER]: 'v1' }, { [LANE_HEADER]: 'v2' }];
  const arrivals = calls.flatMap((call) =>
    lanes.flatMap((headers) => arrivalsOf({ ...call, headers }, [...cluster.values()])),
  );
  return arrivals.filter(({ lost }) => lost).map(inWords);
}

/** Where calls are lost on the way: `retire: v1 has no subset`. */
function lossesOf(place: Place, from: Cluster, steps: readonly Step[]): string[] {
  let at = from;
  const losses = changesOf(place, steps).flatMap(({ step, change }) => {
    const mixes = mixesOf(at, change(at));
    at = change(at);
    return mixes.flatMap((mix) => lossesIn(place, mix)).map((loss) => `${step}: ${loss}`);
  });
  return [...new Set(losses)];
}

const stops = PROMOTION.map((_, index) => PROMOTION.slice(0, index + 1));

describe.each<[string, Place]>([
  ['a gRPC service', GRPC],
  ['an HTTP service with a way from outside', HTTP],
  ['one whose lanes are closed to those outside', CLOSED],
])('of %s', (_, place) => {
  test('a promotion loses no call, at any of its steps nor in the middle of one', () => {
    expect(lossesOf(place, after(place), PROMOTION)).toEqual([]);
  });

  test('a promotion ends with what there would be if there had never been a v1', () => {
    const [only] = changesOf(place, ['v2 alone']);
    expect(after(place, ...PROMOTION)).toEqual(only?.change(new Map()));
  });

  // From when there is something to take back until there is nothing to go back to.
  test.each(stops.slice(0, -1).map((stop) => [stop]))('after %j an abort loses no call, wherever it stops', (stop) => {
    expect(lossesOf(place, after(place, ...stop), ABORT)).toEqual([]);
    expect(after(place, ...stop, ...ABORT)).toEqual(after(place));
  });

  test.each(stops.slice(1, 4).map((stop) => [stop]))('after %j an abort need only unsplit and drop', (stop) => {
    expect(lossesOf(place, after(place, ...stop), ['unsplit', 'drop'])).toEqual([]);
  });
});

/** Where calls go, each in one way: several where not all methods, or ways, lead to the same versions. */
function reached({ calls }: Place, cluster: Cluster, headers: Call['headers']): string[] {
  const each = calls.map((call) => arrivalsOf({ ...call, headers }, [...cluster.values()]).map(inWords));
  return [...new Set(each.map((versions) => versions.join(' and ')))];
}

describe.each([GRPC, HTTP])('every call to $service goes, after', (place) => {
  test.each<[Step, string, string]>([
    ['release', 'v1', 'v1'],
    ['try', 'v1', 'v2'],
    ['some', 'v1 and v2', 'v2'],
    ['all', 'v2', 'v2'],
    ['stable', 'v2', 'v2'],
    ['unsplit', 'v2', 'v2'],
    ['retire', 'v2', 'v2'],
  ])('"%s", to %s, and with the lane v2 to %s', (last, versions, lane) => {
    const cluster = after(place, ...PROMOTION.slice(0, PROMOTION.indexOf(last) + 1));
    expect(reached(place, cluster, {})).toEqual([versions]);
    expect(reached(place, cluster, { [LANE_HEADER]: 'v2' })).toEqual([lane]);
  });
});

test.each<Step[][]>([
  [['all', 'stable', 'unsplit']],
  [['all', 'unsplit', 'stable']],
  [['stable', 'all', 'unsplit']],
  [['stable', 'unsplit', 'all']],
  [['unsplit', 'all', 'stable']],
  [['unsplit', 'stable', 'all']],
])('what comes before the old version is retired may come as %j', (steps) => {
  expect(lossesOf(GRPC, after(GRPC, 'release', 'some'), steps)).toEqual([]);
});

describe('another order loses calls', () => {
  test.each<[string, Step[], Step[], string[]]>([
    [
      'a split before the release',
      [],
      ['some', 'release'],
      ['some: v2 has no subset', 'release: v2 has no subset', 'release: v2 has no pods'],
    ],
    ['stable before the release', [], ['stable'], ['stable: v2 has no subset', 'stable: v2 has no pods']],
    [
      'v2 for v1 in one apply',
      [],
      ['v2 alone'],
      ['v2 alone: v2 has no subset', 'v2 alone: v1 has no subset', 'v2 alone: v2 has no pods'],
    ],
    [
      'stable and retire in one apply, after the split has gone',
      ['release', 'all'],
      ['unsplit', 'v2 alone'],
      ['v2 alone: v1 has no subset'],
    ],
    [
      'stable and retire in one apply, while v1 has weight',
      ['release', 'some'],
      ['v2 alone'],
      ['v2 alone: v1 has no subset'],
    ],
    [
      'retired while it has weight',
      ['release', 'some', 'stable'],
      ['retire', 'all'],
      ['retire: v1 has no subset', 'all: v1 has no subset'],
    ],
    ['a Deployment deleted that has weight', ['release', 'some'], ['stop v1'], ['stop v1: v1 has no pods']],
    [
      'an abort that drops v2 first',
      ['release', 'some'],
      ['drop', 'unsplit'],
      ['drop: v2 has no subset', 'unsplit: v2 has no subset'],
    ],
    [
      'an abort that leaves the lane',
      ['release', 'some'],
      ['back', 'drop', 'unsplit'],
      ['drop: v2 has no subset', 'unsplit: v2 has no subset'],
    ],
    ['an abort that forgets stable', ['release', 'all', 'stable'], ['unsplit', 'drop'], ['drop: v2 has no subset']],
    [
      'an abort when the old version is gone',
      PROMOTION,
      ABORT,
      ['back: v1 has no subset', 'unstable: v1 has no subset', 'unstable: v1 has no pods'],
    ],
  ])('%s', (_, before, steps, losses) => {
    expect(lossesOf(GRPC, after(GRPC, ...before), steps)).toEqual(losses);
  });

  test('stable and retire in one apply, where all calls are sent to v2 but those of lanes that are closed', () => {
    const losses = [GRPC, HTTP, CLOSED].map((place) => lossesOf(place, after(place, 'release', 'all'), ['v2 alone']));
    expect(losses).toEqual([[], [], ['v2 alone: v1 has no subset']]);
  });
});
