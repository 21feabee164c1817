import type { DescMethod } from '@bufbuild/protobuf';
import { type Contract, methodOf, pathOf } from './contract';
import { type Duration, isDuration, parseDuration } from './duration';
import { splitRef } from './method-ref';

/** What a person writes as an objective: the share of calls that must succeed, and how fast most of them must be. */
export interface Objectives {
  /** The share of calls that must not fail by the server's fault, for example `99.9%`. */
  availability?: `${number}%`;
  /** How long calls may take: `{ p99: '300ms' }` means that 99 % of them take at most 300 ms. */
  latency?: Partial<Record<`p${number}`, Duration>>;
}

/** Service level objectives as a declaration states them: for all calls, and for those of single methods. */
export interface SloDeclaration<M extends string = string> extends Objectives {
  /** By the names that `timeouts` has. */
  methods?: Partial<Record<M, Objectives>>;
}

/** A latency objective: this share of calls takes at most this long. */
export interface LatencyObjective {
  /** A ratio, for example 0.99. */
  readonly quantile: number;
  readonly seconds: number;
}

/** Objectives as numbers. */
export interface ObjectiveSpec {
  /** A ratio, for example 0.999. */
  readonly availability: number | undefined;
  readonly latency: readonly LatencyObjective[];
}

/** The objectives of one method. */
export interface MethodObjectives extends ObjectiveSpec {
  /** The name that the declaration has for it. */
  readonly ref: string;
  /** As `rpc.method` has it, `weft.user.v1.UserInfoService/GetUserInfo`; several where contracts share the name. */
  readonly rpcMethods: readonly string[];
}

/** The objectives of a service. */
export interface SloSpec extends ObjectiveSpec {
  readonly methods: readonly MethodObjectives[];
}

/** A contract as a service serves it: what objectives need of it. */
interface Served {
  readonly key: string | undefined;
  readonly contract: Contract;
  timeoutMs(method: string): number | undefined;
}

/** A method that an objective concerns. */
interface ServedMethod {
  readonly method: DescMethod;
  /** The deadline; undefined for streams. */
  readonly timeoutMs: number | undefined;
}

/** Reads objectives as numbers, leaving out those that {@link sloFaults} names. */
export function parseSlo(slo: SloDeclaration, serves: readonly Served[]): SloSpec {
  const methods = Object.entries(slo.methods ?? {}).map(([ref, objectives]) => ({
    ref,
    rpcMethods: methodsOf(serves, ref).map(({ method }) => pathOf(method).slice(1)),
    ...parseObjectives(objectives ?? {}),
  }));
  return { ...parseObjectives(slo), methods: methods.filter(({ rpcMethods }) => rpcMethods.length > 0) };
}

function parseObjectives({ availability, latency }: Objectives): ObjectiveSpec {
  const stated = Object.entries<string | undefined>(latency ?? {}).filter(
    ([key, limit]) => quantileFault(key) === undefined && limitFault(limit) === undefined,
  );
  return {
    availability: availability === undefined || !isShare(availability) ? undefined : ratioOf(availability.slice(0, -1)),
    latency: stated.map(([key, limit = '']) => ({
      quantile: ratioOf(key.slice(1)),
      seconds: Number((parseDuration(limit) / 1_000).toFixed(9)),
    })),
  };
}

/** Everything wrong with the objectives of one declaration, and how to mend it. */
export function sloFaults(slo: SloDeclaration, serves: readonly Served[]): string[] {
  const methods = Object.entries(slo.methods ?? {});
  return [
    ...objectiveFaults('slo', slo, methods.length > 0),
    ...(serves.length > 0 ? deadlineFaults('slo', slo, methodsOf(serves)) : []),
    ...methods.flatMap(([ref, objectives]) => methodFaults(ref, objectives ?? {}, serves)),
  ];
}

function methodFaults(ref: string, objectives: Objectives, serves: readonly Served[]): string[] {
  const path = `slo.methods.${ref}`;
  if (serves.length === 0) return [`${path}: an HTTP service has no methods; state objectives for the service`];
  const methods = methodsOf(serves, ref);
  if (methods.length === 0) return [`${path} names no method that it serves; correct or remove it`];
  return [...objectiveFaults(path, objectives, false), ...deadlineFaults(path, objectives, methods)];
}

function objectiveFaults(path: string, { availability, latency }: Objectives, isElsewhere: boolean): string[] {
  const limits = Object.entries<string | undefined>(latency ?? {});
  const faults = limits.flatMap(([key, limit]) =>
    [quantileFault(key), limitFault(limit)].flatMap((fault) => (fault ? [`${path}.latency.${key}: ${fault}`] : [])),
  );
  if (availability !== undefined && !isShare(availability))
    faults.push(
      `${path}.availability "${availability}" is not a share; write for example '99.9%', above 0 and below 100`,
    );
  if (availability === undefined && limits.length === 0 && !isElsewhere)
    faults.push(`${path} states no objective; write availability or latency, or remove it`);
  return faults;
}

/**
 * A stream takes as long as it lasts, and a call ends at its deadline: latency objectives for streams, and above the
 * deadline, would say nothing.
 */
function deadlineFaults(path: string, { latency }: Objectives, methods: readonly ServedMethod[]): string[] {
  const limits = Object.entries<string | undefined>(latency ?? {});
  const deadlines = methods.flatMap(({ timeoutMs }) => timeoutMs ?? []);
  if (limits.length === 0) return [];
  if (deadlines.length === 0) return [`${path}.latency: streams take as long as they last; state availability only`];
  const longest = Math.max(...deadlines);
  return limits
    .filter(([, limit]) => limitFault(limit) === undefined && parseDuration(limit ?? '') > longest)
    .map(([key, limit]) => `${path}.latency.${key} ${limit} is above the deadline; write at most ${longest}ms`);
}

/** The methods that a reference names, or all. */
function methodsOf(serves: readonly Served[], ref?: string): ServedMethod[] {
  const [key, name] = ref === undefined ? [] : splitRef(ref);
  return serves
    .filter((served) => key === undefined || served.key === key)
    .flatMap(({ contract, timeoutMs }) => {
      const named = name === undefined ? contract.methods : [methodOf(contract, name)];
      return named.flatMap((method) => (method ? { method, timeoutMs: timeoutMs(method.localName) } : []));
    });
}

function isShare(text: string): boolean {
  return /^\d{1,2}(\.\d{1,6})?%$/.test(text) && Number(text.slice(0, -1)) > 0;
}

function quantileFault(key: string): string | undefined {
  const percent = Number(key.slice(1));
  const isQuantile = key === `p${percent}` && percent >= 50 && percent <= 99.9;
  return isQuantile ? undefined : 'not a quantile; write p50 to p99.9, for example p99';
}

const LONGEST_MS = 3_600_000;

function limitFault(limit: unknown): string | undefined {
  if (typeof limit !== 'string' || !isDuration(limit))
    return `"${String(limit)}" is not a duration; write for example 300ms or 2s`;
  const ms = parseDuration(limit);
  return ms > 0 && ms <= LONGEST_MS ? undefined : `"${limit}" is out of range; write more than 0 and at most 1h`;
}

/** Of a text in percent; dividing would make 0.9990000000000001 of 99.9. */
function ratioOf(percent: string): number {
  return Number(`${percent}e-2`);
}
