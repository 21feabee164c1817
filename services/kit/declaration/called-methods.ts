import type { FaultText } from '../faults/fault';
import { methodOf } from './contract';
import { splitRef } from './method-ref';
import type { CalledMethod, CallSpec, ServiceSpec } from './types';

/** The methods that `only` names, and the faults of those names. */
export function calledMethods(service: ServiceSpec, refs: string[]): Pick<CallSpec, 'methods' | 'faults'> {
  const faults: FaultText[] = [];
  const methods = new Map<string, CalledMethod>();
  for (const ref of refs) {
    const called = resolve(service, ref, faults);
    if (called && methods.has(called.method.localName))
      faults.push(duplicateFault(service, called.method.localName, refs));
    else if (called) methods.set(called.method.localName, called);
  }
  return { methods: [...methods.values()], faults };
}

function resolve(service: ServiceSpec, ref: string, faults: FaultText[]): CalledMethod | undefined {
  const [key, name] = splitRef(ref);
  const found = service.serves.filter(
    (served) => (key === undefined || served.key === key) && methodOf(served.contract, name) !== undefined,
  );
  const [served] = found;
  const method = served && methodOf(served.contract, name);
  if (!method) faults.push(unknownMethod(service, ref));
  else if (found.length > 1)
    faults.push({
      message: `${service.name} serves ${name} in several contracts`,
      fix: `write ${found.map((each) => `'${each.key}.${name}'`).join(' or ')}`,
    });
  else return { method, timeoutMs: served.timeoutMs(name) };
  return undefined;
}

function duplicateFault({ name }: ServiceSpec, method: string, refs: string[]): FaultText {
  return {
    message: `${name}.only(${refs.map((ref) => `'${ref}'`).join(', ')}) names ${method} twice`,
    fix: 'a client has one method of a name, so make two entries in calls',
  };
}

/** A method that a service does not serve. */
export function unknownMethod({ name, serves }: ServiceSpec, method: string): FaultText {
  const served = serves.flatMap(({ contract }) => Object.keys(contract.method));
  return {
    message: `${name} does not serve ${method}`,
    fix: served.length > 0 ? `it serves ${served.join(', ')}` : 'it serves no gRPC methods; remove the call',
  };
}
