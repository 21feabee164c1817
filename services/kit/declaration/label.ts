import type { FaultText } from '../faults/fault';

/** True for names that a Service can have. */
export function isLabel(name: string): boolean {
  return /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}

/** The name of a service. Its name is also a key of many objects, so it may not be one that every object has. */
export function checkServiceName(name: string): FaultText | undefined {
  if (!isLabel(name))
    return {
      message: `"${name}" is not a DNS label`,
      fix: 'use lower-case letters, digits and dashes, at most 63; start with a letter and do not end with a dash',
    };
  return checkObjectKey(name);
}

/** A key that does not find what every object inherits. */
export function checkObjectKey(name: string): FaultText | undefined {
  if (!(name in Object.prototype)) return undefined;
  return { message: `"${name}" is a property of every object in JavaScript`, fix: 'choose another name' };
}
