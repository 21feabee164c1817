import { describeWith } from '../../observability/testing/programs';
import { until } from '../../services/kit/testing/programs/until';
import { resultOf, startPrometheus, type TestPrometheus } from '../../observability/testing/prometheus';
import { readScrape, trafficBetween } from '../metrics-view/scrapes';
import { rowsOf, totalOf } from '../metrics-view/traffic';
import { type Endpoint, endpointOf } from './http-get';
import { queryTraffic } from './prometheus';

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** A histogram of calls, spread exponentially around a mean. */
function histogram(name: string, labels: string, count: number, mean: number): string {
  const atMost = (bound: number): number => count * (1 - Math.exp(-bound / mean));
  const buckets = BOUNDS.map((le) => `${name}_bucket{${labels},le="${le}"} ${atMost(le)}\n`).join('');
  return `${buckets}${name}_bucket{${labels},le="+Inf"} ${count}\n${name}_count{${labels}} ${count}\n${name}_sum{${labels}} ${count * mean}\n`;
}

function pageAfter(seconds: number): string {
  const rpc = (pod: number, status: string): string =>
    `service_name="rag-search",k8s_pod_name="rag-search-${pod}",rpc_method="weft.rag.v1.RagSearchService/Search",rpc_response_status_code="${status}"`;
  const http = 'service_name="gateway",http_request_method="GET",http_route="/v1/{id}",http_response_status_code="503"';
  return (
    [0, 1].map((pod) => histogram('rpc_server_call_duration_seconds', rpc(pod, 'OK'), 9 * seconds, 0.03)).join('') +
    histogram('rpc_server_call_duration_seconds', rpc(0, 'INTERNAL'), 2 * seconds, 0.2) +
    histogram('http_server_request_duration_seconds', http, 5 * seconds, 0.04)
  );
}

describeWith(['prometheus'], 'a real Prometheus', () => {
  let prometheus: TestPrometheus;
  let endpoint: Endpoint;

  beforeAll(async () => {
    prometheus = await startPrometheus(pageAfter);
    endpoint = endpointOf('Prometheus', prometheus.url);
    const scrapes = async (): Promise<number> =>
      (await resultOf(prometheus.url, 'count_over_time(up[10s])'))[0]?.value ?? 0;
    await until('seven scrapes', async () => (await scrapes()) >= 7);
  });

  afterAll(() => prometheus.stop());

  test('gives the same numbers as a page of metrics', async () => {
    const asked = await queryTraffic(endpoint, 5_000);
    const read = trafficBetween(readScrape(pageAfter(1), 1_000), readScrape(pageAfter(6), 6_000));
    const [theirs, ours] = [asked, read].map((traffic) => [...rowsOf(traffic, 'rate'), totalOf(traffic)]);
    expect(theirs).toHaveLength(3);
    for (const [index, row] of (ours ?? []).entries()) {
      const other = theirs?.[index];
      expect([other?.service, other?.method]).toEqual([row.service, row.method]);
      // Its scrapes are not exactly a second apart.
      expect((other?.rate ?? 0) / row.rate).toBeCloseTo(1, 0);
      expect(other?.errorShare).toBeCloseTo(row.errorShare ?? NaN, 3);
      for (const which of ['p50', 'p95', 'p99'] as const) expect(other?.[which]).toBeCloseTo(row[which] ?? NaN, 3);
    }
  });

  test('gives the same quantiles as its histogram_quantile', async () => {
    const traffic = await queryTraffic(endpoint, 5_000);
    const sum = 'sum by (le) (rate(rpc_server_call_duration_seconds_bucket[5s]))';
    const [theirs] = await resultOf(prometheus.url, `histogram_quantile(0.95, ${sum})`);
    expect(rowsOf(traffic, 'rate')[0]?.p95).toBeCloseTo(theirs?.value ?? NaN, 3);
  });
});
