import { createNameCheck } from '../infra/mesh/names';
import {
  type CalledMethod,
  type CallSpec,
  declarationOf,
  faultsDeclaredBy,
  methodOf,
  type ServiceSpec,
} from '../services/kit/declaration';
import { textFault } from './text';
import { createTwinRule } from './environment/twin-rule';

/**
 * Everything wrong with declarations, each by itself and against the others: what one says of another is true. Each
 * fault once, with its file and what to do.
 *
 * @param folders of `services` that have a declaration, where that is known
 */
export function declarationFaults(services: readonly ServiceSpec[], folders?: readonly string[]): string[] {
  const all = [...new Set([...services, ...externalsOf(services)])];
  const rules = [
    createTwinRule(all),
    createNameRule(all),
    createListRule(services),
    createCallRule(services),
    createTopicRule(services),
    configTextFaults,
    ...(folders ? [createFolderRule(folders)] : []),
  ];
  const faultsOf = (spec: ServiceSpec): string[] =>
    rules.flatMap((rule) => rule(spec)).map((fault) => `${declarationOf(spec.name)}: ${fault}`);
  const faults = all.flatMap((spec) => [...faultsDeclaredBy(spec), ...faultsOf(spec)]);
  return [...new Set([...faults, ...unlistedFaults(all, folders ?? [])])];
}

/** Says what is wrong with one declaration, seen with the others. */
type Rule = (spec: ServiceSpec) => string[];

/** Those of whom services call that somebody else runs. */
export function externalsOf(services: readonly ServiceSpec[]): ServiceSpec[] {
  const callees = services.flatMap(({ calls }) => Object.values(calls).map(({ service }) => service));
  return [...new Set(callees)].filter(({ external }) => external !== undefined);
}

function createNameRule(specs: readonly ServiceSpec[]): Rule {
  const check = createNameCheck(specs.map(({ name }) => name));
  return ({ name }) => check(name);
}

function createListRule(services: readonly ServiceSpec[]): Rule {
  const listed = new Set<ServiceSpec>();
  const again = new Set(services.filter((spec) => listed.size === listed.add(spec).size));
  return (spec) => [
    ...(again.has(spec) ? ['is in services/index.ts more than once; remove all lines but one'] : []),
    ...(listed.has(spec) && spec.external
      ? [`runs outside (${spec.external.host}); remove it from services/index.ts, its callers suffice`]
      : []),
  ];
}

/** What runs a service is the bundle of its folder, so the two have one name. */
function createFolderRule(folders: readonly string[]): Rule {
  const there = new Set(folders);
  return ({ name, external }) =>
    external !== undefined || there.has(name)
      ? []
      : [`there is no such file; a service is called like its folder, and "${name}" is that of none`];
}

/** A folder that nobody knows of would be left out without a word. */
function unlistedFaults(all: readonly ServiceSpec[], folders: readonly string[]): string[] {
  const names = new Set(all.map(({ name }) => name));
  return folders
    .filter((folder) => !names.has(folder))
    .map(
      (folder) =>
        `services/${folder}/service.ts: declares no "${folder}" that services/index.ts or a caller names; ` +
        'name it there, or remove the folder',
    );
}

function configTextFaults({ config }: ServiceSpec): string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    const fault = typeof value === 'string' ? textFault(value) : undefined;
    return fault === undefined ? [] : [`config.${name} ${fault}`];
  });
}

type ByName = ReadonlyMap<string, ServiceSpec>;

function createCallRule(services: readonly ServiceSpec[]): Rule {
  const byName = new Map(services.map((spec) => [spec.name, spec]));
  return (spec) => [
    ...Object.entries(spec.calls).flatMap(([as, call]) =>
      callFaults(spec, call, byName).map((fault) => `calls.${as}: ${fault}`),
    ),
    ...callerFaults(spec, byName),
  ];
}

function callFaults({ name }: ServiceSpec, { service, methods, faults = [] }: CallSpec, byName: ByName): string[] {
  const callee = service.external ? service : byName.get(service.name);
  if (!callee) return [`there is no service ${service.name}; add it to services/index.ts`];
  const empty = methods.length === 0 && faults.length === 0;
  const allowed = callee.allowedCallers?.includes(name) ?? true;
  return [
    ...(empty ? [`names no method of ${callee.name}; name those that it calls, or remove it`] : []),
    ...methods.filter((method) => !serves(callee, method)).map((method) => notServed(callee, method)),
    ...(allowed ? [] : [`${callee.name} does not let it; add '${name}' to its allowedCallers`]),
  ];
}

function serves({ serves: served }: ServiceSpec, { method }: CalledMethod): boolean {
  return served.some(
    ({ contract }) =>
      contract.typeName === method.parent.typeName && methodOf(contract, method.localName) !== undefined,
  );
}

function notServed({ name, serves: served }: ServiceSpec, { method }: CalledMethod): string {
  const there = served.flatMap(({ contract }) => Object.keys(contract.method)).join(', ');
  return `${name} serves no ${method.parent.typeName}/${method.localName}; it serves ${there || 'no gRPC methods'}`;
}

function callerFaults({ allowedCallers = [] }: ServiceSpec, byName: ByName): string[] {
  return allowedCallers
    .filter((caller) => !byName.has(caller))
    .map((caller) => `allowedCallers: there is no service ${caller}; correct or remove it`);
}

function createTopicRule(services: readonly ServiceSpec[]): Rule {
  const sent = new Set(services.flatMap(({ publishes = [] }) => publishes));
  const wanted = new Set(services.flatMap(({ subscribes = [] }) => subscribes));
  return ({ publishes = [], subscribes = [] }) => {
    const unheard = publishes.filter((topic) => !wanted.has(topic));
    const unsaid = subscribes.filter((topic) => !sent.has(topic));
    return [
      ...unheard.map((topic) => `publishes ${topic}, to which nobody subscribes; add a subscriber or remove it`),
      ...unsaid.map((topic) => `subscribes to ${topic}, which nobody publishes; add a publisher or remove it`),
    ];
  };
}
