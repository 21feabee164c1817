import type { CalledMethod, ServiceSpec } from '../services/kit/spec';
import { splitOf } from '../infra/mesh/names';

/**
 * Checks declarations against each other: what one says of another is true.
 *
 * @throws Error that lists everything that is wrong, each with its file and what to do
 */
export function checkDeclarations(services: readonly ServiceSpec[]): void {
  const byName = new Map(services.map((spec) => [spec.name, spec]));
  const sent = new Set(services.flatMap(({ publishes = [] }) => publishes));
  const wanted = new Set(services.flatMap(({ subscribes = [] }) => subscribes));
  const faults = services.flatMap((spec) =>
    [
      ...listFaults(spec, byName),
      ...callFaults(spec, byName),
      ...callerFaults(spec, byName),
      ...topicFaults(spec, sent, wanted),
    ].map((fault) => `services/${spec.name}/service.ts: ${fault}`),
  );
  if (faults.length > 0)
    throw new Error(`the declarations do not fit together:\n  ${[...new Set(faults)].join('\n  ')}`);
}

type ByName = ReadonlyMap<string, ServiceSpec>;

function listFaults(spec: ServiceSpec, byName: ByName): string[] {
  const { name, external } = spec;
  const splitting = [...byName.keys()].find((other) => splitOf(other) === name);
  return [
    ...(byName.get(name) === spec ? [] : [`"${name}" is declared twice; give one of the two another name`]),
    ...(splitting === undefined
      ? []
      : [`"${name}" is what the split of ${splitting} is called; give the service another name`]),
    ...(external ? [`runs outside (${external.host}); remove it from services/index.ts, its callers suffice`] : []),
  ];
}

function callFaults({ name, calls }: ServiceSpec, byName: ByName): string[] {
  return Object.entries(calls).flatMap(([as, { service, methods }]) => {
    const callee = service.external ? service : byName.get(service.name);
    if (!callee) return [`calls.${as}: there is no service ${service.name}; add it to services/index.ts`];
    const allowed = callee.allowedCallers?.includes(name) ?? true;
    return [
      ...methods.filter((method) => !serves(callee, method)).map((method) => notServed(as, callee, method)),
      ...(allowed ? [] : [`calls.${as}: ${callee.name} does not let it; add '${name}' to its allowedCallers`]),
    ];
  });
}

function serves({ serves: served }: ServiceSpec, { contract, name }: CalledMethod): boolean {
  return served.some((each) => each.contract.fullName === contract.fullName && name in each.contract.methods);
}

function notServed(as: string, { name, serves: served }: ServiceSpec, method: CalledMethod): string {
  const there = served.flatMap(({ contract }) => Object.keys(contract.methods)).join(', ');
  return `calls.${as}: ${name} serves no ${method.contract.fullName}/${method.name}; it serves ${there || 'no gRPC methods'}`;
}

function callerFaults({ allowedCallers = [] }: ServiceSpec, byName: ByName): string[] {
  return allowedCallers
    .filter((caller) => !byName.has(caller))
    .map((caller) => `allowedCallers: there is no service ${caller}; correct or remove it`);
}

function topicFaults(
  { publishes = [], subscribes = [] }: ServiceSpec,
  sent: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
): string[] {
  const unheard = publishes.filter((topic) => !wanted.has(topic));
  const unsaid = subscribes.filter((topic) => !sent.has(topic));
  return [
    ...unheard.map((topic) => `publishes ${topic}, to which nobody subscribes; add a subscriber or remove it`),
    ...unsaid.map((topic) => `subscribes to ${topic}, which nobody publishes; add a publisher or remove it`),
  ];
}
