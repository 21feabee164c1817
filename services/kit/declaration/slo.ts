import type { DescMethod } from '@bufbuild/protobuf';
import type { FaultText } from '../faults/fault';
import { type Contract, methodOf, pathOf } from './contract';
import { checkDuration, type Duration, parseDuration } from './duration';
import { splitRef } from './method-ref';

/** The share of calls that must succeed, and how fast most of them must be. */
export interface Objectives {
  /** The share of calls that may not fail by the server's fault, for example `99.9%`. */
  availability?: `${number}%`;
  /** How long calls may take: `{ p99: '300ms' }` means that 99 % of them take at most 300 ms. */
  latency?: Partial<Record<`p${number}`, Duration>>;
}

/** Service level objectives as a declaration states them: for all calls, and for single methods. */
export interface SloDeclaration<M extends string = string> extends Objectives {
  /** By method name, as in `timeouts`. */
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
  /** The name in the declaration. */
  readonly ref: string;
  /** As in `rpc.method`: `weft.user.v1.UserInfoService/GetUserInfo`. Several if contracts share the name. */
  readonly rpcMethods: readonly string[];
}

/** The objectives of a service. */
export interface SloSpec extends ObjectiveSpec {
  readonly methods: readonly MethodObjectives[];
}

/** The part of a served contract that objectives depend on. */
export interface Served {
  readonly key: string | undefined;
  readonly contract: Contract;
  timeoutMs(method: string): number | undefined;
}

/** A method that an objective is about. */
export interface ServedMethod {
  readonly method: DescMethod;
  /** The deadline; undefined for streams. */
  readonly timeoutMs: number | undefined;
}

/** Reads objectives as numbers, without those that `validateSlo` refuses. */
export function parseSlo(slo: SloDeclaration, serves: readonly Served[]): SloSpec {
  const methods = Object.entries(slo.methods ?? {}).map(([ref, objectives]) => ({
    ref,
    rpcMethods: servedMethods(serves, ref).map(({ method }) => pathOf(method).slice(1)),
    ...parseObjectives(objectives ?? {}),
  }));
  return { ...parseObjectives(slo), methods: methods.filter(({ rpcMethods }) => rpcMethods.length > 0) };
}

function parseObjectives({ availability, latency }: Objectives): ObjectiveSpec {
  const stated = Object.entries<string | undefined>(latency ?? {}).filter(
    ([key, limit]) => checkQuantile(key) === undefined && checkLimit(limit) === undefined,
  );
  return {
    availability:
      availability === undefined || checkShare(availability) ? undefined : ratioOf(availability.slice(0, -1)),
    latency: stated.map(([key, limit = '']) => ({
      quantile: ratioOf(key.slice(1)),
      seconds: Number((parseDuration(limit) / 1_000).toFixed(9)),
    })),
  };
}

/** The methods with that name, or all. */
export function servedMethods(serves: readonly Served[], ref?: string): ServedMethod[] {
  const [key, name] = ref === undefined ? [] : splitRef(ref);
  return serves
    .filter((served) => key === undefined || served.key === key)
    .flatMap(({ contract, timeoutMs }) => {
      const named = name === undefined ? contract.methods : [methodOf(contract, name)];
      return named.flatMap((method) => (method ? { method, timeoutMs: timeoutMs(method.localName) } : []));
    });
}

/** A percentage of calls, written as `99.9%`. */
export function checkShare(text: string): FaultText | undefined {
  if (/^\d{1,2}(\.\d{1,6})?%$/.test(text) && Number(text.slice(0, -1)) > 0) return undefined;
  return {
    message: `"${text}" is not a share of calls`,
    fix: "write a percentage above 0 and below 100, for example '99.9%'",
  };
}

/** The name of a quantile, written as `p99`. */
export function checkQuantile(key: string): FaultText | undefined {
  const percent = Number(key.slice(1));
  if (key === `p${percent}` && percent >= 50 && percent <= 99.9) return undefined;
  return { message: 'is not a quantile', fix: 'write p50 to p99.9, for example p99' };
}

const LONGEST_MS = 3_600_000;

/** A time that most calls should take at most. */
export function checkLimit(limit: unknown): FaultText | undefined {
  const fault = checkDuration(limit);
  if (fault) return fault;
  const ms = parseDuration(limit as string);
  if (ms > 0 && ms <= LONGEST_MS) return undefined;
  return { message: `"${String(limit)}" is out of range`, fix: 'write more than 0 and at most 1h' };
}

/** Converts percent to a ratio. A division would turn 99.9 into 0.9990000000000001. */
function ratioOf(percent: string): number {
  return Number(`${percent}e-2`);
}
