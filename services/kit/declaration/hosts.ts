import { isIP } from 'node:net';
import type { FaultText } from '../faults/fault';

/**
 * True for names that can be registered in DNS, `cluster.local` and `local` alike.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1123#section-2.1
 */
export function isDomain(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
}

/** Istio takes a name without a dot for a Service, and a last label of digits makes an IP address. */
function isHost(name: string): boolean {
  return isDomain(name) && /\.[^.]*[^.\d][^.]*$/.test(name);
}

/** The name of a host outside the cluster or at its gateway. */
export function checkHost(host: string): FaultText | undefined {
  if (isHost(host)) return undefined;
  return { message: `"${host}" is not the name of a host`, fix: 'write for example api.example.com' };
}

/** A host outside may not be a Service: its routes and policies would replace those of the Service. */
export function checkOutside(host: string, clusterDomain: string): FaultText | undefined {
  if (!isServiceHost(host, clusterDomain)) return undefined;
  return {
    message: `${host} is a Service of the cluster`,
    fix:
      'declare it with defineService (with its image, if it is not written with the kit), and its namespace in ' +
      'namespaces of charts/environments/<env>/settings.ts',
  };
}

/** True for the short or fully qualified DNS name of a Service; false for a pod's. */
function isServiceHost(host: string, clusterDomain: string): boolean {
  return host.endsWith('.svc') || host.endsWith(`.svc.${clusterDomain}`);
}

/** A port that something can listen on. */
export function checkPort(port: number): FaultText | undefined {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return undefined;
  return { message: `port ${port} is out of range`, fix: 'ports go from 1 to 65535' };
}

/** Addresses in CIDR notation. */
export function checkAddressRange(text: string): FaultText | undefined {
  const [, address = '', bits] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
  const longest = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (Number(bits) <= longest) return undefined;
  return { message: `"${text}" is not a range of addresses`, fix: 'write for example 10.0.0.0/8 or 203.0.113.7/32' };
}
