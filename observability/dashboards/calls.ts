import { HTTP_CALLS, HTTP_FAILED, LABELS, METRICS, RPC_FAILED } from './names';
import { either, quantileOf, rateOf, shareOf } from './promql';

/** The quantiles that every dashboard shows. */
export const QUANTILES = [
  { name: 'p50', quantile: 0.5 },
  { name: 'p95', quantile: 0.95 },
  { name: 'p99', quantile: 0.99 },
] as const;

/** Selects and groups calls. */
export interface CallSelection {
  readonly matchers?: readonly string[];
  readonly by?: readonly string[];
  readonly window?: string;
}

/** Makes a query for gRPC calls or HTTP requests. */
function ofBoth(of: (histogram: string, calls: readonly string[], failed: string) => string): string {
  return either(of(METRICS.rpcServer, [], RPC_FAILED), of(METRICS.httpServer, [HTTP_CALLS], HTTP_FAILED));
}

/** Calls answered per second, by gRPC or HTTP. */
export function callRate({ matchers = [], ...grouping }: CallSelection = {}): string {
  return ofBoth((histogram, calls) => rateOf(`${histogram}_count`, [...matchers, ...calls], grouping));
}

/** The share of calls that failed: gRPC's server errors, and HTTP from 500 up. */
export function callErrorShare({ matchers = [], ...grouping }: CallSelection = {}): string {
  return ofBoth((histogram, calls, failed) => {
    const [part, whole] = [[failed], []].map((more) =>
      rateOf(`${histogram}_count`, [...matchers, ...calls, ...more], grouping),
    ) as [string, string];
    return shareOf(part, whole);
  });
}

/** A quantile of the duration of calls. */
export function callQuantile(quantile: number, { matchers = [], ...grouping }: CallSelection = {}): string {
  return ofBoth((histogram, calls) => quantileOf(quantile, histogram, [...matchers, ...calls], grouping));
}

/** Compares a label with a variable of the dashboard. */
export function chosen(label: string, variable: string): string {
  return `${label}=~"$${variable}"`;
}

export const CHOSEN_SERVICE = chosen(LABELS.service, 'service');
