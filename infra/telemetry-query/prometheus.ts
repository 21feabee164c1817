import * as z from 'zod';
import { CALL_METRICS, type CallMetric } from '../metrics-view/call-metrics';
import { parseNumber } from '../metrics-view/exposition';
import { addBuckets } from '../metrics-view/quantile';
import { CallSums, type Traffic } from '../metrics-view/traffic';
import { type Endpoint, httpGet, parseAnswer } from './http-get';

const ANSWER = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
    }),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

type Vector = { labels: Record<string, string>; value: number }[];

/**
 * Counts the recent calls of all methods, summed over pods.
 *
 * @param windowMs the length of the window, which must span at least two scrapes
 * @throws Error if Prometheus does not answer
 */
export async function queryTraffic(prometheus: Endpoint, windowMs: number): Promise<Traffic> {
  const sums = new CallSums();
  await Promise.all(CALL_METRICS.map((metric) => addCalls(prometheus, metric, windowMs, sums)));
  return { seconds: windowMs / 1000, methods: sums.all() };
}

async function addCalls(prometheus: Endpoint, metric: CallMetric, windowMs: number, sums: CallSums): Promise<void> {
  const { counts, buckets } = queriesOf(metric, windowMs);
  const [all, bounded] = await Promise.all([query(prometheus, counts), query(prometheus, buckets)]);
  for (const { labels, value } of all) {
    const calls = sums.of(metric, labels);
    calls.count += value;
    if (metric.isFailure(labels[metric.statusLabel] ?? '')) calls.failures += value;
  }
  for (const { labels, value } of bounded) {
    const bound = parseNumber(labels['le'] ?? '');
    if (bound !== undefined) addBuckets(sums.of(metric, labels).buckets, new Map([[bound, value]]));
  }
}

/** Queries for the calls by service and method, summed over pods: by status, and by upper bound of the duration. */
export function queriesOf(
  { name, methodLabels, statusLabel }: CallMetric,
  windowMs: number,
): { counts: string; buckets: string } {
  const by = ['service_name', 'job', ...methodLabels].join(', ');
  return {
    counts: `sum by (${by}, ${statusLabel}) (increase(${name}_count[${windowMs}ms]))`,
    buckets: `sum by (${by}, le) (increase(${name}_bucket[${windowMs}ms]))`,
  };
}

/** @see https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
async function query(prometheus: Endpoint, promql: string): Promise<Vector> {
  const answer = await httpGet(prometheus, '/api/v1/query', new URLSearchParams({ query: promql }));
  const { data } = ANSWER.safeParse(parseAnswer(prometheus, answer));
  const { name, url } = prometheus;
  if (!data) throw new Error(`the server at ${url} is not ${name}: HTTP ${answer.status}`);
  if (data.status === 'error') throw new Error(`${name} at ${url} refuses the query: ${data.error}`);
  const samples = data.data.result.map(({ metric, value: [, text] }) => ({
    labels: metric,
    value: parseNumber(text) ?? 0,
  }));
  return samples.filter(({ value }) => Number.isFinite(value));
}
