import { CALL_METRICS, type CallMetric } from './call-metrics';
import { parseExposition, parseNumber, type Sample } from './exposition';
import type { Buckets } from './quantile';
import { CallSums, type Traffic } from './traffic';

/** The histogram of one pod, method and status at some time. */
interface Series {
  metric: CallMetric;
  labels: Record<string, string>;
  count: number;
  buckets: Buckets;
}

/** All histograms of server calls at some time. */
export interface Scrape {
  /** In milliseconds of a monotonic clock. */
  at: number;
  series: Map<string, Series>;
}

const METRIC_OF_SAMPLE = new Map(
  CALL_METRICS.flatMap((metric) => [
    [`${metric.name}_bucket`, metric],
    [`${metric.name}_count`, metric],
  ]),
);

/** @param text in Prometheus's text format @throws Error for a malformed line */
export function readScrape(text: string, at: number): Scrape {
  const series = new Map<string, Series>();
  for (const sample of parseExposition(text, (name) => METRIC_OF_SAMPLE.has(name))) addSample(series, sample);
  return { at, series };
}

function addSample(all: Map<string, Series>, { name, labels: { le, ...labels }, value }: Sample): void {
  const metric = METRIC_OF_SAMPLE.get(name);
  if (!metric || !Number.isFinite(value)) return;
  const key = JSON.stringify([metric.name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
  const series = all.get(key) ?? { metric, labels, count: 0, buckets: new Map() };
  all.set(key, series);
  const bound = parseNumber(le ?? '');
  if (name.endsWith('_count')) series.count = value;
  else if (bound !== undefined) series.buckets.set(bound, value);
}

/** Counts the calls between two scrapes. */
export function trafficBetween(before: Scrape, after: Scrape): Traffic {
  const sums = new CallSums();
  for (const [key, series] of after.series) {
    const calls = sums.of(series.metric, series.labels);
    const earlier = sinceReset(before.series.get(key), series);
    const count = series.count - (earlier?.count ?? 0);
    calls.count += count;
    if (series.metric.isFailure(series.labels[series.metric.statusLabel] ?? '')) calls.failures += count;
    for (const [bound, value] of series.buckets) {
      const increase = Math.max(0, value - (earlier?.buckets.get(bound) ?? 0));
      calls.buckets.set(bound, (calls.buckets.get(bound) ?? 0) + increase);
    }
  }
  return { seconds: (after.at - before.at) / 1000, methods: sums.all() };
}

/** A counter that shrank was reset to 0 by a restart of its process. */
function sinceReset(before: Series | undefined, { count }: Series): Series | undefined {
  return before && before.count <= count ? before : undefined;
}
