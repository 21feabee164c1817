import { LANE_HEADER } from '../../infra/mesh/names';
import { methodGroupsOf } from '../constructs/traffic/method-groups';
import { type Cluster, mixesOf, type Outcome } from './cluster';
import { type Change, type Place, type Step, stepsOf } from './promotion';
import { type Arrival, arrivalsOf, type Call } from './route';
import { users } from './services';

const USERS = { host: 'users.weft.svc.cluster.local', port: 50_051 };
const OUTSIDE = { host: 'edge.example.com', port: 80 };

export const GRPC: Place = {
  service: 'users',
  port: USERS.port,
  calls: methodGroupsOf(users).flatMap(({ matches }) =>
    matches.map(({ uri }) => ({ ...USERS, path: uri && 'exact' in uri ? uri.exact : '' })),
  ),
};
export const HTTP: Place = {
  service: 'edge',
  port: 8080,
  settings: { hosts: { edge: [OUTSIDE.host] } },
  calls: [{ host: 'edge.weft.svc.cluster.local', port: 8080 }, OUTSIDE].flatMap((to) => [
    { ...to, path: '/v1/anything' },
    { ...to, verb: 'GET', path: '/v1/users/u-1' },
    { ...to, verb: 'POST', path: '/v1/rag/docs/search' },
  ]),
};
export const CLOSED: Place = { ...HTTP, settings: { ...HTTP.settings, headerRouting: false } };

/** The same place with policies that only warn, so no step is refused. */
export function audited(place: Place): Place {
  const found = AUDITED.get(place) ?? { ...place, settings: { ...place.settings, policy: 'audit' } };
  AUDITED.set(place, found);
  return found;
}

const AUDITED = new Map<Place, Place>();
const STEPS = new Map<Place, ReturnType<typeof stepsOf>>();

/** The changes of some steps in order. */
export function changesOf(place: Place, steps: readonly Step[]): { step: Step; change: Change }[] {
  const all = STEPS.get(place) ?? stepsOf(place);
  STEPS.set(place, all);
  return steps.flatMap((step) => all[step].map((change) => ({ step, change })));
}

/** The cluster after applying v1 and some steps. @throws Error if one of them is refused */
export function after(place: Place, ...steps: Step[]): Cluster {
  return changesOf(place, ['first', ...steps]).reduce<Cluster>((at, { step, change }) => {
    const [outcome, another] = change(at);
    if (!outcome || another || outcome.refused.length > 0) throw new Error(`${step} is refused`);
    return outcome.cluster;
  }, new Map());
}

/** The result of a walk through steps. */
export interface Walk {
  /** Lost calls: `retire: v1 has no subset`. */
  losses: string[];
  /** Refusals of the API server: `drop: DestinationRule weft/users`. */
  refused: string[];
}

/** All possible states of a cluster after some steps, with or without refusals. */
export function clustersAfter(place: Place, from: Cluster, steps: readonly Step[]): Cluster[] {
  const changes = changesOf(place, steps);
  return changes.reduce((at, { change }) => at.flatMap((each) => change(each).map(({ cluster }) => cluster)), [from]);
}

/** Goes through some steps in every order of each apply, with every intermediate state. */
export function walk(place: Place, from: Cluster, steps: readonly Step[]): Walk {
  const losses = new Set<string>();
  const refused = new Set<string>();
  let at = [from];
  for (const { step, change } of changesOf(place, steps))
    at = at.flatMap((cluster) => {
      const outcomes = change(cluster);
      for (const loss of outcomes.flatMap((each) => lossesBetween(place, cluster, each)))
        losses.add(`${step}: ${loss}`);
      for (const why of outcomes.flatMap((each) => each.refused)) refused.add(`${step}: ${why.split(': ')[0]}`);
      return outcomes.map((each) => each.cluster);
    });
  return { losses: [...losses], refused: [...refused] };
}

function lossesBetween(place: Place, from: Cluster, { cluster }: Outcome): string[] {
  return mixesOf(from, cluster).flatMap((mix) => lossesIn(place, mix));
}

const describeArrival = ({ version, lost }: Arrival): string => [version, lost].filter(Boolean).join(' has ');

function lossesIn({ calls }: Place, cluster: Cluster): string[] {
  const lanes: Call['headers'][] = [{}, ...['v1', 'v2', 'v3'].map((version) => ({ [LANE_HEADER]: version }))];
  const arrivals = calls.flatMap((call) =>
    lanes.flatMap((headers) => arrivalsOf({ ...call, headers }, [...cluster.values()])),
  );
  return arrivals.filter(({ lost }) => lost).map(describeArrival);
}

/** The versions that calls reach; several entries if calls of different methods or origins reach different ones. */
export function reached({ calls }: Place, cluster: Cluster, headers: Call['headers']): string[] {
  const each = calls.map((call) => arrivalsOf({ ...call, headers }, [...cluster.values()]).map(describeArrival));
  return [...new Set(each.map((versions) => versions.join(' and ')))];
}
