import {
  type CalledMethod,
  type CallSpec,
  methodOf,
  type ServiceSpec,
  unknownMethod,
} from '../../services/kit/declaration';
import type { FaultText, FieldFault } from '../../services/kit/faults/fault';
import type { Rule } from './rule';

type ByName = ReadonlyMap<string, ServiceSpec>;

/** Callees exist, serve the methods and allow the caller; allowed callers exist. */
export function createCallRule(services: readonly ServiceSpec[]): Rule {
  const byName = new Map(services.map((spec) => [spec.name, spec]));
  return (spec) => [
    ...Object.entries(spec.calls).flatMap(([as, call]) =>
      callFaults(spec, call, byName).map((fault) => ({ path: `calls.${as}`, ...fault })),
    ),
    ...callerFaults(spec, byName),
  ];
}

function callFaults({ name }: ServiceSpec, { service, methods, faults = [] }: CallSpec, byName: ByName): FaultText[] {
  const callee = service.external ? service : byName.get(service.name);
  if (!callee)
    return [{ message: `the service ${service.name} is not in services/index.ts`, fix: 'add it to the list there' }];
  const isEmpty = methods.length === 0 && faults.length === 0;
  const isAllowed = callee.allowedCallers?.includes(name) ?? true;
  const unknown = methods.filter((method) => !isServed(callee, method));
  return [
    ...(isEmpty ? [{ message: `names no method of ${callee.name}`, fix: 'name the methods, or remove the call' }] : []),
    ...unknown.map(({ method }) => unknownMethod(callee, `${method.parent.typeName}/${method.localName}`)),
    ...(isAllowed
      ? []
      : [{ message: `${callee.name} does not allow this caller`, fix: `add '${name}' to its allowedCallers` }]),
  ];
}

function isServed({ serves }: ServiceSpec, { method }: CalledMethod): boolean {
  return serves.some(
    ({ contract }) =>
      contract.typeName === method.parent.typeName && methodOf(contract, method.localName) !== undefined,
  );
}

function callerFaults({ allowedCallers = [] }: ServiceSpec, byName: ByName): FieldFault[] {
  return allowedCallers
    .filter((caller) => !byName.has(caller))
    .map((caller) => ({
      path: 'allowedCallers',
      message: `there is no service ${caller}`,
      fix: 'correct the name or remove it',
    }));
}
