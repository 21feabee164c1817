import { isIP } from 'node:net';
import { type Contract, methodOf } from './contract';
import { deadlineFault } from './duration';
import { isHost, isServiceHost, serviceHostFault } from './hosts';
import { isRepository } from './image';
import { isLabel } from './label';
import { splitRef } from './method-ref';
import type { Calls, CallSpec, ExternalAddress, ServiceDeclaration } from './types';

type Contracts = ReadonlyMap<string | undefined, Contract>;

/** Everything wrong with one declaration, and how to mend it. */
export function faultsOf(
  declaration: ServiceDeclaration,
  contracts: Contracts,
  external: ExternalAddress | undefined,
): string[] {
  const { name, serves, http = false, scale, config = {} } = declaration;
  const timeouts: Record<string, string | undefined> = declaration.timeouts ?? {};
  const faults: string[] = [];
  if (!isLabel(name))
    faults.push('name is no DNS label; use lower-case letters, digits and dashes, at most 63, a letter first');
  if (isObjectKey(name)) faults.push(`name "${name}" is what every object in JavaScript has; give it another`);
  if ((serves === undefined) !== http) faults.push('say either what it serves, or http: true');
  if (serves && contracts.size === 0)
    faults.push('serves has no contract; name at least one, or say http: true instead');
  if (scale && !isScale(scale))
    faults.push(`scale ${scale.min} to ${scale.max} is no range; min is at least 1 and at most max, below 2 ** 31`);
  faults.push(...callFaults(declaration.calls), ...imageFaults(declaration.image), ...topicFaults(declaration));
  if (external) faults.push(...externalFaults(external));
  for (const [key, value] of Object.entries(config)) faults.push(...configFaults(key, value));
  for (const [ref, duration] of Object.entries(timeouts)) faults.push(...timeoutFaults(ref, duration ?? '', contracts));
  return faults;
}

/** Whether a name is one that looking up in any object finds. */
export function isObjectKey(name: string): boolean {
  return name in Object.prototype;
}

function isScale({ min, max }: { min: number; max: number }): boolean {
  return [min, max].every(Number.isInteger) && min >= 1 && max >= min && max < 2 ** 31;
}

/** A declaration where its methods should be; the compiler says so as well, but nobody has to ask it. */
function callFaults(calls: Calls = {}): string[] {
  return Object.entries(calls)
    .filter(([, call]) => !isCall(call))
    .map(([as]) => `calls.${as} names no methods; write <service>.only('<method>', …)`);
}

/** Whether something is what `only` makes. */
export function isCall(call: Partial<CallSpec> | undefined): boolean {
  return call?.service !== undefined && call.methods !== undefined;
}

/** A tag or a digest in a declaration would say a second time what the release says. */
function imageFaults(image: string | undefined): string[] {
  if (image === undefined || isRepository(image)) return [];
  return [
    `image ${image} is no repository; write it in lower case, without tag and digest, which stand in releases.yaml`,
  ];
}

function topicFaults({ publishes = [], subscribes = [] }: ServiceDeclaration): string[] {
  return [...publishes, ...subscribes]
    .filter((topic) => !/^[a-z][a-z0-9]*([.-][a-z0-9]+)*$/.test(topic))
    .map((topic) => `"${topic}" is no topic; write lower-case words with dots or dashes, for example payment.charged`);
}

function externalFaults({ host, port, addresses }: ExternalAddress): string[] {
  const isPort = Number.isInteger(port) && port >= 1 && port <= 65_535;
  return [
    ...(isHost(host) ? [] : [`host "${host}" is no name in DNS; write for example rates.example.com`]),
    ...(isServiceHost(host, 'cluster.local') ? [serviceHostFault(host)] : []),
    ...(isPort ? [] : [`port ${port} is none; ports go from 1 to 65535`]),
    ...addresses
      .filter((address) => !isRange(address))
      .map((address) => `addresses: "${address}" is no range of addresses; write for example 203.0.113.7/32`),
  ];
}

/** Whether a text is addresses as CIDR writes them. */
function isRange(text: string): boolean {
  const [, address = '', bits] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
  const longest = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return Number(bits) <= longest;
}

/** What the manifest itself sets, and would contradict. */
const SET_BY_CHARTS =
  /^((GRPC|HTTP)_(ADDRESS|PORT)|DRAIN_(DELAY|TIMEOUT)_MS|LOG_LEVEL|MONGO_URI(_FILE)?|OTEL_(RESOURCE_ATTRIBUTES|SERVICE_NAME)|POD_NAME(SPACE)?)$/;

/** Whether a service or a release may set a variable: those that the charts set, they may not. */
export function isOwnVariable(name: string): boolean {
  return !SET_BY_CHARTS.test(name);
}

function configFaults(key: string, value: unknown): string[] {
  if (!/^[A-Za-z_]\w*$/.test(key))
    return [`config."${key}" is no name of an environment variable; write letters, digits and _, no digit first`];
  if (typeof value !== 'string') return [`config.${key} must be a text; put it into quotes`];
  return isOwnVariable(key) ? [] : [`config.${key} is set by the charts; leave it out`];
}

function timeoutFaults(ref: string, duration: string, contracts: Contracts): string[] {
  const faults: string[] = [];
  const [key, name] = splitRef(ref);
  const served = [...contracts].filter(([k]) => key === undefined || k === key).map(([, contract]) => contract);
  const kinds = served.flatMap((contract) => methodOf(contract, name)?.methodKind ?? []);
  if (kinds.length === 0) faults.push(`timeouts.${ref} names no method that it serves; correct or remove it`);
  else if (!kinds.includes('unary')) faults.push(`timeouts.${ref} is a stream, which has no timeout; remove it`);
  const fault = deadlineFault(duration);
  return fault === undefined ? faults : [...faults, `timeouts.${ref}: ${fault}`];
}
