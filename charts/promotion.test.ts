import { LANE_HEADER } from '../infra/mesh/names';
import type { Cluster } from './testing/cluster';
import type { Place, Step } from './testing/promotion';
import { after, audited, changesOf, clustersAfter, CLOSED, GRPC, HTTP, reached, walk } from './testing/walk';

// The order in which a version takes over, or goes again, as docs/rollout.md has it: at every stop on the way, and while an
// apply is half done, each call has to reach a version that is there. What routes, and what is refused, is what
// `synthesize` writes.

const PROMOTION: Step[] = ['release', 'try', 'some', 'all', 'stable', 'unsplit', 'retire'];
const ABORT: Step[] = ['back', 'unstable', 'unsplit', 'drop'];
const NOTHING = { losses: [], refused: [] };

function lossesOf(place: Place, from: Cluster, steps: readonly Step[]): string[] {
  return walk(place, from, steps).losses;
}

const stops = PROMOTION.map((_, index) => PROMOTION.slice(0, index + 1));

describe.each<[string, Place]>([
  ['a gRPC service', GRPC],
  ['an HTTP service with a way from outside', HTTP],
  ['one whose lanes are closed to those outside', CLOSED],
])('of %s', (_, place) => {
  test('a promotion loses no call, at any of its steps nor in the middle of one', () => {
    expect(walk(place, after(place), PROMOTION)).toEqual(NOTHING);
  });

  test('a promotion ends with what there would be if there had never been a v1', () => {
    const [only] = changesOf(place, ['v2 alone']);
    expect(after(place, ...PROMOTION)).toEqual(only?.change(new Map())[0]?.cluster);
  });

  // From when there is something to take back until there is nothing to go back to.
  test.each(stops.slice(0, -1).map((stop) => [stop]))('after %j an abort loses no call, wherever it stops', (stop) => {
    expect(walk(place, after(place, ...stop), ABORT)).toEqual(NOTHING);
    expect(after(place, ...stop, ...ABORT)).toEqual(after(place));
  });

  test.each(stops.slice(1, 4).map((stop) => [stop]))('after %j an abort need only unsplit and drop', (stop) => {
    expect(walk(place, after(place, ...stop), ['unsplit', 'drop'])).toEqual(NOTHING);
  });
});

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
  expect(walk(GRPC, after(GRPC, 'release', 'some'), steps)).toEqual(NOTHING);
});

describe('another order loses calls where nothing is refused', () => {
  const place = audited(GRPC);

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
    expect(walk(place, after(place, ...before), steps)).toEqual({ losses, refused: [] });
  });

  test('stable and retire in one apply, where all calls are sent to v2 but those of lanes that are closed', () => {
    const losses = [GRPC, HTTP, CLOSED]
      .map(audited)
      .map((each) => lossesOf(each, after(each, 'release', 'all'), ['v2 alone']));
    expect(losses).toEqual([[], [], ['v2 alone: v1 has no subset']]);
  });
});

describe('a canary is replaced or dropped, and no call is lost', () => {
  const places: [string, Place][] = [
    ['a gRPC service', GRPC],
    ['an HTTP service with a way from outside', HTTP],
    ['one whose lanes are closed to those outside', CLOSED],
  ];

  describe.each(places)('of %s', (_, place) => {
    const ruleOf = (step: Step): string => `${step}: DestinationRule weft/${place.service}`;
    const podsOf = (step: Step, version: string): string => `${step}: Deployment weft/${place.service}-${version}`;

    // While a split names v2: what would lose its calls is refused, whatever the order, and everything else may be done.
    test.each(stops.slice(1, 4).map((stop) => [stop]))('after %j v3 takes its place only when it may', (stop) => {
      expect(walk(place, after(place, ...stop), ['replace', 'stop v2'])).toEqual({
        losses: [],
        refused: [ruleOf('replace'), podsOf('stop v2', 'v2')],
      });
      const replaced: Step[] = ['only v1', 'replace', 'stop v2', 'try v3', 'some v3'];
      expect(walk(place, after(place, ...stop), replaced)).toEqual(NOTHING);
      expect(reached(place, after(place, ...stop, ...replaced), {})).toEqual(['v1 and v3']);
    });

    test.each(stops.slice(1, 4).map((stop) => [stop]))('after %j it goes only when it may', (stop) => {
      expect(walk(place, after(place, ...stop), ['drop'])).toEqual({
        losses: [],
        refused: [ruleOf('drop'), podsOf('drop', 'v2')],
      });
      expect(walk(place, after(place, ...stop), ['only v1', 'drop', 'unsplit'])).toEqual(NOTHING);
      expect(after(place, ...stop, 'only v1', 'drop', 'unsplit')).toEqual(after(place));
    });

    test('what was refused may be done after the split has changed or gone, or taken back', () => {
      const from = after(place, 'release', 'some');
      const [cluster, another] = clustersAfter(place, from, ['replace']);
      if (!cluster || another) throw new Error('the order of requests matters');
      expect(walk(place, cluster, ['only v1', 'replace', 'stop v2', 'some v3'])).toEqual(NOTHING);
      expect(walk(place, cluster, ['unsplit', 'replace', 'stop v2', 'some v3'])).toEqual(NOTHING);
      expect(walk(place, cluster, ['unstable', 'stop v3', 'all', 'stable'])).toEqual(NOTHING);
      expect(walk(place, cluster, ['some v3'])).toEqual({
        losses: [],
        refused: [`some v3: VirtualService weft/${place.service}-split`],
      });
    });

    test('the version before, when it is the canary, stays as well until no split names it', () => {
      const from = after(place, 'release', 'some', 'all', 'stable');
      expect(walk(place, from, ['retire'])).toEqual({
        losses: [],
        refused: [ruleOf('retire'), podsOf('retire', 'v1')],
      });
      expect(walk(place, from, ['replace late'])).toEqual({ losses: [], refused: [ruleOf('replace late')] });
      expect(walk(place, from, ['only v2', 'replace late', 'stop v1', 'unsplit'])).toEqual(NOTHING);
    });

    test('where nothing is refused, the same loses calls', () => {
      const other = audited(place);
      const from = after(other, 'release', 'some');
      expect(walk(other, from, ['replace'])).toEqual({ losses: ['replace: v2 has no subset'], refused: [] });
      expect(walk(other, from, ['stop v2'])).toEqual({ losses: ['stop v2: v2 has no pods'], refused: [] });
    });
  });
});
