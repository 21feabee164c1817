import type { CallMetric } from './call-metrics';
import { addBuckets, type Buckets, quantile } from './quantile';

/** Calls of one method on all pods of a service during a period. */
export interface MethodCalls {
  service: string;
  method: string;
  count: number;
  failures: number;
  /** In seconds. */
  buckets: Buckets;
}

/** Calls during a period. */
export interface Traffic {
  /** The length of the period. */
  seconds: number;
  methods: MethodCalls[];
}

/** Rates and latencies of a method. A number without enough calls is undefined. */
export interface MethodRow {
  service: string;
  method: string;
  /** Calls per second. */
  rate: number;
  /** From 0 to 1. */
  errorShare: number | undefined;
  /** In seconds. */
  p50: number | undefined;
  p95: number | undefined;
  p99: number | undefined;
}

/** Rows are sorted by this number, highest first. */
export type SortKey = 'rate' | 'errors' | 'latency';

export const SORT_KEYS: SortKey[] = ['rate', 'errors', 'latency'];

/** Sums calls by service and method. */
export class CallSums {
  readonly #byMethod = new Map<string, MethodCalls>();

  /** The sums of a method, by the labels of one of its series. */
  of(metric: CallMetric, labels: Record<string, string>): MethodCalls {
    const service = labels['service_name'] ?? labels['job'] ?? 'unknown_service';
    const method = metric.methodLabels.flatMap((label) => labels[label] ?? []).join(' ') || '(no method)';
    return this.#sumsOf(service, method);
  }

  add({ service, method, count, failures, buckets }: MethodCalls): void {
    const sums = this.#sumsOf(service, method);
    sums.count += count;
    sums.failures += failures;
    addBuckets(sums.buckets, buckets);
  }

  all(): MethodCalls[] {
    return [...this.#byMethod.values()];
  }

  #sumsOf(service: string, method: string): MethodCalls {
    const key = JSON.stringify([service, method]);
    const found = this.#byMethod.get(key) ?? { service, method, count: 0, failures: 0, buckets: new Map() };
    this.#byMethod.set(key, found);
    return found;
  }
}

/** Joins the calls of consecutive periods. */
export function joinTraffic(parts: Traffic[]): Traffic {
  const sums = new CallSums();
  for (const calls of parts.flatMap(({ methods }) => methods)) sums.add(calls);
  return { seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0), methods: sums.all() };
}

/** @param service the only service to show; all if undefined */
export function rowsOf({ methods, seconds }: Traffic, sort: SortKey, service?: string): MethodRow[] {
  const rows = methods
    .filter((each) => service === undefined || each.service === service)
    .map((each) => rowOf(each, seconds));
  const weight = WEIGHTS[sort];
  const name = ({ service: of, method }: MethodRow): string => `${of} ${method}`;
  return rows.sort((a, b) => weight(b) - weight(a) || b.rate - a.rate || name(a).localeCompare(name(b)));
}

/** All calls together, as one row. */
export function totalOf({ methods, seconds }: Traffic, service?: string): MethodRow {
  const total: MethodCalls = { service: 'total', method: '', count: 0, failures: 0, buckets: new Map() };
  for (const each of methods) {
    if (service !== undefined && each.service !== service) continue;
    total.count += each.count;
    total.failures += each.failures;
    addBuckets(total.buckets, each.buckets);
  }
  return rowOf(total, seconds);
}

const WEIGHTS: Record<SortKey, (row: MethodRow) => number> = {
  rate: ({ rate }) => rate,
  errors: ({ errorShare }) => errorShare ?? -1,
  latency: ({ p99 }) => p99 ?? -1,
};

function rowOf({ service, method, count, failures, buckets }: MethodCalls, seconds: number): MethodRow {
  return {
    service,
    method,
    rate: seconds > 0 ? count / seconds : 0,
    errorShare: count > 0 ? Math.min(1, failures / count) : undefined,
    p50: quantile(0.5, buckets),
    p95: quantile(0.95, buckets),
    p99: quantile(0.99, buckets),
  };
}
