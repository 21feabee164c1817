import { createNames } from './names';
import { type Split, splitResource } from './split';

// The order in which a version takes over, or goes again: at every stop on the way each call has to reach a version
// that is there. What routes is modelled in a few lines: the split where there is one, else the stable version; a
// version is there when it has both a subset and a Deployment.

interface State {
  stable: string;
  subsets: readonly string[];
  deployments: readonly string[];
  split?: Split | undefined;
}

type Change = (state: State) => State;

/** What a person does at once. Nobody knows in which order `kubectl apply` gets through with it. */
type Step = readonly Change[];

const names = createNames({ trustDomain: 'a', clusterDomain: 'b', namespace: 'c', namespaces: {} });

const release = (version: string): Step => [
  (state) => ({ ...state, deployments: [...state.deployments, version] }),
  (state) => ({ ...state, subsets: [...state.subsets, version] }),
];
const retire = (version: string): Step => [
  (state) => ({ ...state, deployments: state.deployments.filter((each) => each !== version) }),
  (state) => ({ ...state, subsets: state.subsets.filter((each) => each !== version) }),
];
const makeStable = (stable: string): Step => [(state) => ({ ...state, stable })];
const removeSplit: Step = [(state) => ({ ...state, split: undefined })];

/** As `weft split` makes it: the versions after the first get lanes. */
function splitTo(weights: Record<string, number>): Step {
  const lanes = Object.keys(weights).slice(1);
  return [(state) => ({ ...state, split: { service: 'payment', weights, lanes } })];
}

const START: State = { stable: 'v1', subsets: ['v1'], deployments: ['v1'] };

const STEPS = {
  release: release('v2'),
  try: splitTo({ v1: 100, v2: 0 }),
  some: splitTo({ v1: 80, v2: 20 }),
  all: splitTo({ v1: 0, v2: 100 }),
  stable: makeStable('v2'),
  unsplit: removeSplit,
  retire: retire('v1'),
  back: splitTo({ v1: 100, v2: 0 }),
  unstable: makeStable('v1'),
  drop: retire('v2'),
};

type Name = keyof typeof STEPS;

const PROMOTION: Name[] = ['release', 'try', 'some', 'all', 'stable', 'unsplit', 'retire'];
const ABORT: Name[] = ['back', 'unstable', 'unsplit', 'drop'];

/** The versions that calls go to, those of lanes in brackets; from the resource, as a mesh reads it. */
function reached({ stable, split }: State): string[] {
  if (!split) return [stable];
  return splitResource(split, names, 1).spec.http.flatMap(({ match, route }) =>
    route
      .filter(({ weight }) => weight !== 0)
      .map(({ destination }) => (match ? `(${destination.subset})` : destination.subset)),
  );
}

function isLost(state: State, target: string): boolean {
  const version = target.replace(/[()]/g, '');
  return !state.subsets.includes(version) || !state.deployments.includes(version);
}

function permutations<T>(all: readonly T[]): T[][] {
  if (all.length === 0) return [[]];
  return all.flatMap((each, at) => permutations(all.filter((_, index) => index !== at)).map((rest) => [each, ...rest]));
}

const apply = (state: State, changes: readonly Change[]): State => changes.reduce((at, change) => change(at), state);

/** Every state that a step goes through, in whichever order it is done. */
function statesOf(from: State, step: Step): State[] {
  return permutations(step).flatMap((order) => order.map((_, index) => apply(from, order.slice(0, index + 1))));
}

/** Where calls are lost on the way: `retire: v1`. */
function lossesOf(from: State, steps: readonly Name[]): string[] {
  let state = from;
  const losses = steps.flatMap((name) => {
    const states = statesOf(state, STEPS[name]);
    state = apply(state, STEPS[name]);
    return states.flatMap((each) =>
      reached(each)
        .filter((target) => isLost(each, target))
        .map((to) => `${name}: ${to}`),
    );
  });
  return [...new Set(losses)];
}

const after = (...steps: Name[]): State =>
  apply(
    START,
    steps.flatMap((name) => STEPS[name]),
  );

test('a promotion loses no call, at any of its steps nor between two changes of one', () => {
  expect(lossesOf(START, PROMOTION)).toEqual([]);
  expect(after(...PROMOTION)).toEqual({ stable: 'v2', subsets: ['v2'], deployments: ['v2'], split: undefined });
});

test.each<[Name, string[]]>([
  ['release', ['v1']],
  ['try', ['(v2)', 'v1']],
  ['some', ['(v2)', 'v1', 'v2']],
  ['all', ['(v2)', 'v2']],
  ['stable', ['(v2)', 'v2']],
  ['unsplit', ['v2']],
  ['retire', ['v2']],
])('a promotion that stops after "%s" sends calls to %j', (last, versions) => {
  expect(reached(after(...PROMOTION.slice(0, PROMOTION.indexOf(last) + 1)))).toEqual(versions);
});

// From when there is something to take back until there is nothing to go back to.
const stops = PROMOTION.map((_, count) => PROMOTION.slice(0, count)).slice(1);

test.each(stops.map((stop) => [stop]))('after %j an abort loses no call, wherever it stops', (stop) => {
  expect(lossesOf(after(...stop), ABORT)).toEqual([]);
  expect(after(...stop, ...ABORT)).toEqual({ ...START, split: undefined });
});

test.each<Name[][]>([[['release', 'try']], [['release', 'try', 'some']], [['release', 'try', 'some', 'all']]])(
  'after %j, before v2 is stable, an abort need only remove the split first',
  (stop) => {
    expect(lossesOf(after(...stop), ['unsplit', 'drop'])).toEqual([]);
  },
);

test('what comes before the old version is retired may come in any order', () => {
  const orders = permutations<Name>(['all', 'stable', 'unsplit']);
  const atWork = after('release', 'some');
  expect(orders.flatMap((order) => lossesOf(atWork, order))).toEqual([]);
});

describe('another order loses calls', () => {
  test.each<[string, Name[], Name[], string[]]>([
    ['a split before the release', [], ['some', 'release'], ['some: (v2)', 'some: v2', 'release: (v2)', 'release: v2']],
    ['stable before the release', [], ['stable', 'release'], ['stable: v2', 'release: v2']],
    ['retired while it has weight', ['release', 'some'], ['retire', 'all'], ['retire: v1']],
    ['retired while it is stable', ['release', 'all'], ['retire', 'unsplit', 'stable'], ['unsplit: v1']],
    ['stable, but the split still sends calls back', ['release', 'some'], ['stable', 'retire', 'all'], ['retire: v1']],
    ['an abort that drops v2 first', ['release', 'some'], ['drop', 'unsplit'], ['drop: (v2)', 'drop: v2']],
    ['an abort that leaves the lane', ['release', 'some'], ['back', 'drop', 'unsplit'], ['drop: (v2)']],
    ['an abort that forgets stable', ['release', 'all', 'stable'], ['unsplit', 'drop'], ['drop: v2']],
    [
      'an abort when the old version is gone',
      PROMOTION,
      ABORT,
      ['back: v1', 'unstable: v1', 'unsplit: v1', 'drop: v1'],
    ],
  ])('%s', (_, before, steps, losses) => {
    expect(lossesOf(after(...before), steps)).toEqual(losses);
  });
});
