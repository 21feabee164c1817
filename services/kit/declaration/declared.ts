import { isLabel } from './label';
import type { ServiceSpec } from './types';

/** Where a service is declared: services are folders, unless the name can be none. */
export function declarationOf(service: string): string {
  return isLabel(service) ? `services/${service}/service.ts` : `the service.ts that declares "${service}"`;
}

/** What is wrong with a declaration, with whom it calls and with their declarations: each with the file. */
export function faultsDeclaredBy(spec: ServiceSpec): string[] {
  const called = Object.entries(spec.calls).flatMap(([as, { faults = [] }]) =>
    faults.map((fault) => `calls.${as}: ${fault}`),
  );
  const callees = Object.values(spec.calls).map(({ service }) => service);
  const others = callees.flatMap(({ name, faults = [] }) => faultsIn(name, faults));
  return [...faultsIn(spec.name, [...(spec.faults ?? []), ...called]), ...others];
}

function faultsIn(service: string, faults: readonly string[]): string[] {
  return faults.map((fault) => `${declarationOf(service)}: ${fault}`);
}

/** @throws Error that lists the faults, each once, if there are any */
export function refuseDeclarations(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`the declarations are wrong:\n  ${[...new Set(faults)].join('\n  ')}`);
}
