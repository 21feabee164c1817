import { HTTP_FAILED, LABELS, METRICS, RPC_FAILED } from './names';
import { either, quantileOf, rateOf, shareOf } from './promql';

/** The quantiles that every dashboard shows. */
export const QUANTILES = [
  { name: 'p50', quantile: 0.5 },
  { name: 'p95', quantile: 0.95 },
  { name: 'p99', quantile: 0.99 },
] as const;

/** Which calls: of which services, grouped by what, over which window. */
export interface CallSelection {
  readonly matchers?: readonly string[];
  readonly by?: readonly string[];
  readonly window?: string;
}

/** Calls answered each second, by gRPC or HTTP. */
export function callRate({ matchers = [], ...grouping }: CallSelection = {}): string {
  const rates = [METRICS.rpcServer, METRICS.httpServer].map((name) => rateOf(`${name}_count`, matchers, grouping));
  return either(...(rates as [string, string]));
}

/** The share of calls that failed: gRPC's server errors, and HTTP from 500 up. */
export function callErrorShare({ matchers = [], ...grouping }: CallSelection = {}): string {
  const share = (name: string, failed: string): string =>
    shareOf(rateOf(`${name}_count`, [...matchers, failed], grouping), rateOf(`${name}_count`, matchers, grouping));
  return either(share(METRICS.rpcServer, RPC_FAILED), share(METRICS.httpServer, HTTP_FAILED));
}

/** A quantile of how long calls took. */
export function callQuantile(quantile: number, { matchers = [], ...grouping }: CallSelection = {}): string {
  const [rpc, http] = [METRICS.rpcServer, METRICS.httpServer].map((name) =>
    quantileOf(quantile, name, matchers, grouping),
  ) as [string, string];
  return either(rpc, http);
}

/** Compares a label with a variable of the dashboard. */
export function chosen(label: string, variable: string): string {
  return `${label}=~"$${variable}"`;
}

export const CHOSEN_SERVICE = chosen(LABELS.service, 'service');
