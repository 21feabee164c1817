import { distinct, type Fault, inFile } from '../faults/fault';
import { isLabel } from './label';
import type { ServiceSpec } from './types';

/** The faults of a declaration, of its calls, and of the declarations that it calls. */
export function collectFaults(spec: ServiceSpec): Fault[] {
  const calls = Object.entries(spec.calls);
  const ofCalls = calls.flatMap(([as, { faults = [] }]) => faults.map((fault) => ({ path: `calls.${as}`, ...fault })));
  return distinct([
    ...faultsOfFile(spec),
    ...inFile(declarationPath(spec.name), ofCalls),
    ...calls.flatMap(([, { service }]) => faultsOfFile(service)),
  ]);
}

function faultsOfFile({ name, faults = [] }: ServiceSpec): Fault[] {
  return inFile(declarationPath(name), faults);
}

/** The file that declares a service. A name that cannot be a folder is quoted instead. */
export function declarationPath(service: string): string {
  return isLabel(service) ? `services/${service}/service.ts` : `the service.ts of "${service}"`;
}
