import { readHttpRules } from '../proto/http/rules';
import type { LatencyObjective, MethodObjectives, ObjectiveSpec, ServiceSpec } from '../services/kit/declaration';
import {
  HTTP_SERVER_DURATION,
  RPC_METHOD,
  RPC_SERVER_DURATION,
  RPC_STATUS,
  SERVER_ERRORS,
} from '../services/kit/telemetry/names';
import { escaped, isOneOf, type Matcher, prometheusName, selector } from './promql';

/** An objective of a service or a method, in terms of Prometheus. */
export interface Objective {
  readonly service: string;
  /** The method as named in the declaration; undefined for an objective of the whole service. */
  readonly method: string | undefined;
  /** `availability`, or the quantile of a latency: `p99`. */
  readonly name: string;
  /** The share of calls that must meet it, as a ratio. */
  readonly target: number;
  /** A verb phrase for meeting it, such as `take at most 300ms`. */
  readonly meets: string;
  /** The share of calls that may miss it, as a ratio. */
  readonly budget: number;
  /** PromQL: calls per second over a window such as `5m` that can be compared with the objective. */
  calls(window: string): string;
  /** PromQL: calls per second that missed it; may have no value without misses. @param calls the series of `calls` */
  misses(window: string, calls: string): string;
  /** PromQL: all calls per second. */
  allCalls(window: string): string;
}

/** All objectives of a service. @param environment selects one of several environments in a Prometheus */
export function objectivesOf(spec: ServiceSpec, environment?: string): Objective[] {
  const { slo } = spec;
  if (!slo) return [];
  const all = { spec, environment };
  return [
    ...objectivesIn(slo, { ...all, method: undefined }),
    ...slo.methods.flatMap((method) => objectivesIn(method, { ...all, method })),
  ];
}

/** The calls that an objective covers. */
interface Scope {
  readonly spec: ServiceSpec;
  readonly environment: string | undefined;
  readonly method: MethodObjectives | undefined;
}

function objectivesIn({ availability, latency }: ObjectiveSpec, scope: Scope): Objective[] {
  return [
    ...(availability === undefined ? [] : [availabilityObjective(availability, scope)]),
    ...latency.map((each) => latencyObjective(each, scope)),
  ];
}

function availabilityObjective(target: number, scope: Scope): Objective {
  const metric = metricOf(scope);
  const matchers = callMatchers(scope, () => true);
  const calls = rateOf(`${metric}_count`, matchers);
  return {
    ...common(scope, 'availability', target),
    meets: 'succeed',
    calls,
    allCalls: calls,
    misses: rateOf(`${metric}_count`, [...matchers, errorMatcher(scope)]),
  };
}

/**
 * Covers only calls whose histogram has the limit as a bound: during a rollout that changes an objective, pods of the
 * old version do not have it.
 */
function latencyObjective({ quantile, seconds }: LatencyObjective, scope: Scope): Objective {
  const metric = metricOf(scope);
  const matchers = callMatchers(scope, (kind) => kind === 'unary');
  const count = (window: string) => `rate(${selector(`${metric}_count`, matchers)}[${window}])`;
  const fast = (window: string) => `rate(${selector(`${metric}_bucket`, [...matchers, bound(seconds)])}[${window}])`;
  const calls = (window: string) => `sum(${count(window)} and ignoring(le) ${fast(window)})`;
  return {
    ...common(scope, `p${percent(quantile)}`, quantile),
    meets: `take at most ${seconds < 1 ? `${rounded(seconds * 1_000)}ms` : `${seconds}s`}`,
    calls,
    allCalls: rateOf(`${metric}_count`, matchers),
    misses: (window, recorded) => `${recorded} - on() sum(${fast(window)})`,
  };
}

function common({ spec, method }: Scope, name: string, target: number) {
  return { service: spec.name, method: method?.ref, name, target, budget: rounded(1 - target) };
}

function rateOf(metric: string, matchers: readonly Matcher[]) {
  return (window: string): string => `sum(rate(${selector(metric, matchers)}[${window}]))`;
}

function metricOf({ spec }: Scope): string {
  return `${prometheusName(spec.http ? HTTP_SERVER_DURATION : RPC_SERVER_DURATION)}_seconds`;
}

function callMatchers({ spec, environment, method }: Scope, takes: (kind: MethodKind) => boolean): Matcher[] {
  return [
    ['service_name', '=', spec.name],
    ...(environment === undefined ? [] : [['deployment_environment_name', '=', environment] as const]),
    spec.http
      ? ['http_route', '!~', [...PROBES, ...routesWithout(spec, takes)].map(escaped).join('|')]
      : isOneOf(prometheusName(RPC_METHOD), method?.rpcMethods ?? methodsThat(spec, takes)),
  ];
}

type MethodKind = ServiceSpec['serves'][number]['contract']['methods'][number]['methodKind'];

/** The kubelet's probes are not calls. */
const PROBES = ['/livez', '/readyz'];

/** Only methods of the contracts, without health, reflection and unknown methods. */
function methodsThat({ serves }: ServiceSpec, takes: (kind: MethodKind) => boolean): string[] {
  const methods = serves.flatMap(({ contract }) => contract.methods.filter(({ methodKind }) => takes(methodKind)));
  return methods.map(({ parent, name }) => `${parent.typeName}/${name}`);
}

/** The routes of an HTTP service to exclude, because they lead only to methods of other kinds. */
function routesWithout({ calls }: ServiceSpec, takes: (kind: MethodKind) => boolean): string[] {
  const called = Object.values(calls).flatMap(({ methods }) => methods.map(({ method }) => method));
  const { bindings } = readHttpRules(called);
  const taken = new Set(bindings.filter(({ method }) => takes(method.methodKind)).map(({ template }) => template.text));
  const others = bindings.map(({ template }) => template.text).filter((route) => !taken.has(route));
  return [...new Set(others)];
}

function errorMatcher({ spec }: Scope): Matcher {
  return spec.http ? ['http_response_status_code', '=~', '5..'] : isOneOf(prometheusName(RPC_STATUS), SERVER_ERRORS);
}

/** OpenMetrics writes a whole number as 1.0, the older format as 1. */
function bound(seconds: number): Matcher {
  return ['le', '=~', Number.isInteger(seconds) ? `${seconds}([.]0)?` : escaped(String(seconds))];
}

/** Turns 0.999 into 99.9. */
export function percent(ratio: number): number {
  return rounded(ratio * 100);
}

function rounded(value: number): number {
  return Number(value.toFixed(9));
}
