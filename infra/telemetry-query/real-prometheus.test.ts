import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScrape, trafficBetween } from '../metrics-view/scrapes';
import { rowsOf, totalOf } from '../metrics-view/traffic';
import { type AnswerServer, serveAnswers } from './testing/answers';
import { eventually, freePort, type RunningProgram, runProgram } from './testing/program';
import { endpointOf, httpGet } from './http-get';
import { queryTraffic } from './prometheus';

const PROMETHEUS = process.env['WEFT_PROMETHEUS'] ?? '';

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Calls that have grown for so many seconds, by so many a second. */
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

if (PROMETHEUS === '') {
  test.skip('no Prometheus: WEFT_PROMETHEUS does not name its program', () => undefined);
} else {
  describe('a real Prometheus', () => {
    let page: AnswerServer;
    let prometheus: RunningProgram;
    let url: string;

    beforeAll(async () => {
      const began = Date.now();
      page = await serveAnswers(() => [200, pageAfter((Date.now() - began) / 1000)]);
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      prometheus = await runProgram(PROMETHEUS, (folder) => {
        const target = page.url.replace('http://', '');
        const job = `{job_name: collector, static_configs: [{targets: ['${target}']}]}`;
        writeFileSync(join(folder, 'prometheus.yml'), `global: {scrape_interval: 1s}\nscrape_configs: [${job}]\n`);
        return {
          args: ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`],
        };
      });
      await eventually(async () => (await queryTraffic(endpointOf('Prometheus', url), 5_000)).methods.length === 2);
      await eventually(async () => (await scalar(url, 'count_over_time(up[10s])')) >= 7);
    });

    afterAll(async () => {
      await prometheus.stop();
      await page.stop();
    });

    test('is asked for what a page of metrics says too', async () => {
      const asked = await queryTraffic(endpointOf('Prometheus', url), 5_000);
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

    test('has the same quantiles as its own function', async () => {
      const traffic = await queryTraffic(endpointOf('Prometheus', url), 5_000);
      const sum = 'sum by (le) (rate(rpc_server_call_duration_seconds_bucket[5s]))';
      expect(rowsOf(traffic, 'rate')[0]?.p95).toBeCloseTo(await scalar(url, `histogram_quantile(0.95, ${sum})`), 3);
    });
  });
}

async function scalar(url: string, promql: string): Promise<number> {
  const { text } = await httpGet(
    endpointOf('Prometheus', url),
    '/api/v1/query',
    new URLSearchParams({ query: promql }),
  );
  const { data } = JSON.parse(text) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1]);
}
