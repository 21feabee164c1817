import { below, type FaultText, type FieldFault } from '../faults/fault';
import { type Contract, methodOf } from './contract';
import { checkDeadline } from './duration';
import { checkAddressRange, checkHost, checkOutside, checkPort } from './hosts';
import { checkImage } from './image';
import { checkServiceName } from './label';
import { splitRef } from './method-ref';
import type { Calls, CallSpec, ExternalAddress, ServiceDeclaration } from './types';
import { checkText, checkVariableName, checkVariableValue } from './variables';

type Contracts = ReadonlyMap<string | undefined, Contract>;

/** All faults of one declaration by itself. */
export function validateDeclaration(
  declaration: ServiceDeclaration,
  contracts: Contracts,
  external: ExternalAddress | undefined,
): FieldFault[] {
  const {
    name,
    scale,
    calls = {},
    image,
    publishes = [],
    subscribes = [],
    timeouts = {},
    config = {},
    examples = [],
  } = declaration;
  return [
    ...at('name', checkServiceName(name)),
    ...protocolFaults(declaration, contracts),
    ...at('scale', scale && checkScale(scale)),
    ...callFaults(calls),
    ...at('image', image === undefined ? undefined : checkImage(image)),
    ...publishes.flatMap((topic) => at('publishes', checkTopic(topic))),
    ...subscribes.flatMap((topic) => at('subscribes', checkTopic(topic))),
    ...(external ? externalFaults(external) : []),
    ...variableFaults('config', config),
    ...examples.flatMap((example, index) => at(`examples.${index}`, checkExample(example))),
    ...timeoutFaults(timeouts, contracts),
  ];
}

/** The fault of a field, if there is one. */
function at(path: string, ...faults: (FaultText | undefined)[]): FieldFault[] {
  return faults.flatMap((fault) => (fault ? [{ path, ...fault }] : []));
}

function protocolFaults({ serves, http = false }: ServiceDeclaration, contracts: Contracts): FieldFault[] {
  if (serves !== undefined && http)
    return at('http', { message: 'is true, but the service serves gRPC contracts', fix: 'remove http or serves' });
  const fix = 'name at least one contract, or write http: true for a service that speaks HTTP';
  if (serves === undefined && !http) return at('serves', { message: 'is missing', fix });
  return serves !== undefined && contracts.size === 0 ? at('serves', { message: 'names no contract', fix }) : [];
}

/** How many pods run. Kubernetes counts them in 32 bits. */
export function checkScale({ min, max }: { min: number; max: number }): FaultText | undefined {
  const areCounts = [min, max].every((count) => Number.isInteger(count) && count >= 1 && count < 2 ** 31);
  if (areCounts && min <= max) return undefined;
  return {
    message: `${min} to ${max} is not a range of pods`,
    fix: 'write whole numbers from 1 to 2147483647, and min no larger than max',
  };
}

/** The compiler finds these too, but nothing makes anyone run it. */
function callFaults(calls: Calls): FieldFault[] {
  const fault = { message: 'names no methods', fix: "write <service>.only('<method>', …)" };
  return Object.entries(calls).flatMap(([as, call]) => (isCall(call) ? [] : at(`calls.${as}`, fault)));
}

/** True for the results of `only`. */
export function isCall(call: Partial<CallSpec> | undefined): boolean {
  return call?.service !== undefined && call.methods !== undefined;
}

function checkTopic(topic: string): FaultText | undefined {
  if (/^[a-z][a-z0-9]*([.-][a-z0-9]+)*$/.test(topic)) return undefined;
  return {
    message: `"${topic}" is not a topic`,
    fix: 'write lower-case words joined by dots or dashes, for example payment.charged',
  };
}

function checkExample(example: string): FaultText | undefined {
  if (example.trim() !== '' && !example.includes('\n')) return checkText(example);
  return { message: 'is not a command of one line', fix: 'write for example curl localhost:8080/v1/orders/o-1' };
}

function externalFaults({ host, port, addresses }: ExternalAddress): FieldFault[] {
  return [
    ...at('host', checkHost(host), checkOutside(host, 'cluster.local')),
    ...at('port', checkPort(port)),
    ...at('addresses', ...addresses.map(checkAddressRange)),
  ];
}

function variableFaults(path: string, variables: Readonly<Record<string, unknown>>): FieldFault[] {
  return below(
    path,
    Object.entries(variables).flatMap(([name, value]) =>
      at(name, checkVariableName(name) ?? checkVariableValue(value)),
    ),
  );
}

function timeoutFaults(timeouts: Readonly<Record<string, string | undefined>>, contracts: Contracts): FieldFault[] {
  return Object.entries(timeouts).flatMap(([ref, duration = '']) =>
    at(`timeouts.${ref}`, checkUnary(ref, contracts), checkDeadline(duration)),
  );
}

function checkUnary(ref: string, contracts: Contracts): FaultText | undefined {
  const [key, name] = splitRef(ref);
  const served = [...contracts].filter(([each]) => key === undefined || each === key).map(([, contract]) => contract);
  const kinds = served.flatMap((contract) => methodOf(contract, name)?.methodKind ?? []);
  if (kinds.length === 0) return UNKNOWN_METHOD;
  return kinds.includes('unary') ? undefined : { message: 'is a stream, which has no timeout', fix: 'remove it' };
}

/** For fields named after a method. */
export const UNKNOWN_METHOD: FaultText = {
  message: 'is not a method of the service',
  fix: 'correct the name or remove it',
};
