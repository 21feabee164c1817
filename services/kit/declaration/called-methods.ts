import { methodOf } from './contract';
import { splitRef } from './method-ref';
import type { CalledMethod, CallSpec, ServiceSpec } from './types';

/** The methods that `only` names, and what is wrong with the names. */
export function calledMethods(service: ServiceSpec, refs: string[]): Pick<CallSpec, 'methods' | 'faults'> {
  const faults: string[] = [];
  const methods = new Map<string, CalledMethod>();
  for (const ref of refs) {
    const called = resolve(service, ref, faults);
    if (called && methods.has(called.method.localName)) faults.push(twinFault(service, called.method.localName, refs));
    else if (called) methods.set(called.method.localName, called);
  }
  return { methods: [...methods.values()], faults };
}

function resolve(service: ServiceSpec, ref: string, faults: string[]): CalledMethod | undefined {
  const [key, name] = splitRef(ref);
  const found = service.serves.filter(
    (served) => (key === undefined || served.key === key) && methodOf(served.contract, name) !== undefined,
  );
  const [served] = found;
  const method = served && methodOf(served.contract, name);
  const choices = found.map((each) => `'${each.key}.${name}'`).join(' or ');
  if (!method) faults.push(`${service.name} serves no method "${ref}"; it serves ${methodList(service)}`);
  else if (found.length > 1) faults.push(`${service.name} serves ${name} more than once; write ${choices}`);
  else return { method, timeoutMs: served.timeoutMs(name) };
  return undefined;
}

function twinFault({ name }: ServiceSpec, twin: string, refs: string[]): string {
  return (
    `${name}.only(${refs.map((ref) => `'${ref}'`).join(', ')}) names ${twin} twice; ` +
    'a client has one method of a name, so declare two entries in calls'
  );
}

/** What `only` could name, for who named something else. */
export function methodList({ serves }: ServiceSpec): string {
  return serves.flatMap(({ contract }) => Object.keys(contract.method)).join(', ') || 'no gRPC methods';
}
