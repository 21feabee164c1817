import { edgePolicyOf, ingressPolicyOf, ingressRouteOf, PLATFORM, splitOf } from '../infra/mesh/names';
import type { ServiceSpec } from '../services/kit/spec';
import type { Rule } from './declarations';

/** What stands between the names of callee and caller. */
const BETWEEN = edgePolicyOf('', '');

/** Resources are made with names of services: no service may have a name that makes what another has. */
export function createNameRule(specs: readonly ServiceSpec[]): Rule {
  const names = specs.map(({ name }) => name);
  const taken = new Map([
    [PLATFORM.defaults, 'what a namespace has for all that is in it'],
    [PLATFORM.denyAll, 'what a namespace has to deny what nobody allows'],
    ...names.map((name) => [splitOf(name), `what the split of ${name} is called`] as const),
    ...names.map((name) => [ingressRouteOf(name), `what the way to ${name} from outside is called`] as const),
  ]);
  return ({ name }) => {
    const is = taken.get(name);
    return [
      ...(is === undefined ? [] : [`is ${is}`]),
      ...(edgePolicyOf('', name) === ingressPolicyOf('') ? ['is what policies call the gateway from outside'] : []),
      ...(name.includes(BETWEEN) ? [`has "${BETWEEN}" in it, which policies have between callee and caller`] : []),
    ].map((fault) => `"${name}" ${fault}; give the service another name`);
  };
}
