import { durationBoundsOf } from '../services/kit/telemetry/duration-bounds';
import { logRequest, histogramRequest, newTraceId, post, type Span, traceRequest } from './testing/otlp';
import { until } from '../services/kit/testing/programs/until';
import { describeWith, freePorts } from './testing/programs';
import { json, query, traceOf, valueOf } from './testing/queries';
import { users } from './testing/services';
import { type Collector, Stack } from './testing/stack';

const GET_USER = 'weft.user.v1.UserInfoService/GetUserInfo';
const UPDATE_USER = 'weft.user.v1.UserInfoService/UpdateUserInfo';

function rpc(method: string, code: string) {
  return { 'rpc.system.name': 'grpc', 'rpc.method': method, 'rpc.response.status_code': code };
}

/** A request through four services. */
function request(seconds = 0.02, failed = false): Span {
  const code = failed ? 'INTERNAL' : 'OK';
  const find: Span = { service: 'mongodb', name: 'find users', kind: 'client', seconds: seconds / 10 };
  const get = rpc(GET_USER, code);
  const user: Span = {
    service: 'users',
    name: GET_USER,
    seconds: seconds / 4,
    failed,
    attributes: get,
    children: [find],
  };
  const route = { 'http.request.method': 'GET', 'http.route': '/v1/rag/{rag_code}/search' };
  const search: Span = {
    service: 'search',
    name: 'weft.rag.v1.RagSearchService/Search',
    seconds: seconds / 2,
    children: [user],
  };
  return { service: 'edge', name: 'GET /v1/rag/{rag_code}/search', seconds, attributes: route, children: [search] };
}

describeWith(['otelcol', 'jaeger', 'prometheus'], 'collector, Jaeger and Prometheus', () => {
  const stack = new Stack();
  let collector: Collector;
  let jaeger: string;
  let prometheus: string;

  /** Requests so far. */
  let requests = 0;

  const sendTrace = async (root: Span, pod?: string): Promise<string> => {
    const traceId = newTraceId();
    requests += 1;
    expect(await post(`${collector.otlp}/v1/traces`, traceRequest(traceId, root, pod))).toMatchObject({ status: 200 });
    return traceId;
  };

  beforeAll(async () => {
    const { web } = await freePorts('web');
    const ports = await freePorts('grpc', 'http', 'query', 'queryGrpc', 'internal', 'health');
    [jaeger, prometheus] = [`http://127.0.0.1:${ports.query}`, `http://127.0.0.1:${web}`];
    await stack.startJaeger(ports, { maxTraces: 1_000 }, prometheus);
    collector = await stack.startCollector(ports.grpc, { share: 0, slowSeconds: 0.5, waitSeconds: 1 }, [users]);
    await stack.startPrometheus(web, collector.ports, [users]);
  }, 60_000);

  afterAll(() => stack.stop(), 30_000);

  test('a failed trace is kept, with its parents', async () => {
    const traceId = await sendTrace(request(0.02, true));
    await until('Jaeger has four spans', async () => (await traceOf(jaeger, traceId)).size === 4);
    const spans = await traceOf(jaeger, traceId);
    const parentOf = (service: string) => spans.get(service)?.references.map(({ spanID }) => spanID);
    expect(parentOf('edge')).toEqual([]);
    expect(parentOf('search')).toEqual([spans.get('edge')?.spanID]);
    expect(parentOf('users')).toEqual([spans.get('search')?.spanID]);
    expect(parentOf('mongodb')).toEqual([spans.get('users')?.spanID]);
  }, 60_000);

  test('slow traces are kept and ordinary ones are not, but all are counted', async () => {
    const counted = `sum(traces_span_metrics_calls_total{service_name="edge"})`;
    const ordinary = await Promise.all(Array.from({ length: 20 }, (_, i) => sendTrace(request(), `pod-${i % 2}`)));
    const slow = await sendTrace(request(0.8));
    await until('Jaeger has the slow trace', async () => (await traceOf(jaeger, slow)).size === 4);
    for (const traceId of ordinary) expect((await traceOf(jaeger, traceId)).size).toBe(0);
    await until('Prometheus has counted all', async () => (await valueOf(prometheus, counted)) === requests);
  }, 60_000);

  test('span metrics have the names that Jaeger reads, few labels, and exemplars', async () => {
    await sendTrace(request());
    const series = 'traces_span_metrics_duration_seconds_bucket{service_name="users",le="0.3"}';
    await until('a bucket at the limit of the objective', async () => (await query(prometheus, series)).length > 0);
    const labels = (await query(prometheus, series)).flatMap((sample) => Object.keys(sample.labels));
    expect([...new Set(labels)].sort()).toEqual(
      ['__name__', 'instance', 'job', 'le', 'rpc_method', 'rpc_response_status_code', 'service_name'].concat(
        ...['service_namespace', 'service_version', 'span_kind', 'span_name', 'status_code'],
      ),
    );
    const exemplars = `${prometheus}/api/v1/query_exemplars?query=traces_span_metrics_duration_seconds_bucket`;
    await until('exemplars', async () => {
      await sendTrace(request());
      const now = Date.now() / 1_000;
      const { data } = await json<{ data: object[] }>(`${exemplars}&start=${now - 60}&end=${now + 60}`);
      return data.length > 0;
    });
  }, 60_000);

  test('Jaeger shows rates, errors and durations of services and operations', async () => {
    const ask = (what: string) =>
      `${jaeger}/api/metrics/${what}&service=users&groupByOperation=true&spanKind=server&lookback=60000&step=1000&ratePer=60000`;
    const lastOf = async (what: string): Promise<number> => {
      const { metrics } = await json<{
        metrics?: { metricPoints: { gaugeValue: { doubleValue: number | string } }[] }[];
      }>(ask(what));
      return Number(metrics?.[0]?.metricPoints.at(-1)?.gaugeValue.doubleValue);
    };
    for (const what of ['calls?', 'errors?', 'latencies?quantile=0.95'])
      await until(`${what} above 0`, async () => {
        await sendTrace(request(0.02, true));
        return (await lastOf(what)) > 0;
      });
  }, 90_000);

  test('recording rules match the traffic', async () => {
    const bounds = durationBoundsOf(users);
    const at = (seconds: number, count: number) =>
      [...bounds, Infinity].map((bound) => (bound === seconds ? count : 0));
    const add = (...counts: number[][]) => counts.reduce((sum, each) => sum.map((value, i) => value + (each[i] ?? 0)));
    const send = async (factor: number): Promise<void> => {
      const calls = [
        // 900 fast and 60 slow answers, 40 failures; all but 10 calls of the other method took up to a second.
        {
          attributes: rpc(UPDATE_USER, 'OK'),
          counts: add(at(0.3, 500 * factor), at(0.5, 50 * factor), at(2.5, 10 * factor)),
        },
        { attributes: rpc(GET_USER, 'OK'), counts: at(0.01, 400 * factor) },
        { attributes: rpc(GET_USER, 'UNAVAILABLE'), counts: at(0.01, 40 * factor) },
        { attributes: rpc(GET_USER, 'NOT_FOUND'), counts: at(2.5, 60 * factor) },
      ];
      for (const pod of ['a', 'b'])
        await post(
          `${collector.otlp}/v1/metrics`,
          histogramRequest('users', 'rpc.server.call.duration', bounds, calls, pod),
        );
    };
    await send(1);
    const count = 'sum(rpc_server_call_duration_seconds_count{service_name="users"})';
    await until('Prometheus has the first calls', async () => (await valueOf(prometheus, count)) === 2_120);
    await send(3);
    const expected: Record<string, number> = {
      'service:slo_misses:ratio_rate5m{slo="availability"}': 40 / 1_060,
      'service:slo_misses:ratio_rate3d{slo="availability"}': 40 / 1_060,
      'service:slo_misses:ratio_rate1h{slo="p99"}': 120 / 1_060,
      'method:slo_misses:ratio_rate5m{slo="availability",method="getUserInfo"}': 40 / 500,
      'method:slo_misses:ratio_rate6h{slo="p95",method="getUserInfo"}': 60 / 500,
      'service:slo_target:ratio{slo="availability"}': 0.999,
    };
    for (const [expr, value] of Object.entries(expected))
      await until(`${expr} is ${value}`, async () => isClose(await valueOf(prometheus, expr), value));
    const burning = 'count(ALERTS{alertname="WeftAvailabilityBurn",method="",alertstate="firing"})';
    await until('the alerts of all windows', async () => (await valueOf(prometheus, burning)) === 4);
  }, 90_000);

  test('metrics carry labels of service and pod, but not of the process', async () => {
    const [sample] = await query(prometheus, 'rpc_server_call_duration_seconds_count{service_instance_id="users-a"}');
    expect(sample?.labels).toMatchObject({
      ...{
        job: 'weft/users',
        instance: 'users-a',
        service_name: 'users',
        service_namespace: 'weft',
        service_version: 'v1',
      },
      k8s_pod_name: 'users-v1-a',
    });
    expect(Object.keys(sample?.labels ?? {}).filter((label) => /^(process|telemetry|otel)_/.test(label))).toEqual([]);
    expect(await valueOf(prometheus, 'count(target_info{job="weft/users"})')).toBe(2);
  });

  test('access logs are printed, one per line', async () => {
    const line = logRequest('edge', 'GET /v1/users/u-1001 200 OK', { request_id: 'r-1' });
    expect(await post(`${collector.otlp}/v1/logs`, line)).toMatchObject({ status: 200 });
    await until('the line', () =>
      /^GET \/v1\/users\/u-1001 200 OK .*request_id=r-1$/m.test(collector.program.stdout()),
    );
  });

  test('the collector’s own metrics have the names in alerts', async () => {
    const names = (await query(prometheus, 'count by (__name__) ({job="collector-internal"})')).map(({ labels }) =>
      labels['__name__']?.replace(/_total$/, ''),
    );
    expect(names).toEqual(
      expect.arrayContaining([
        'otelcol_receiver_refused_spans',
        'otelcol_receiver_refused_metric_points',
        'otelcol_receiver_failed_spans',
        'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early',
      ]),
    );
  });
});

function isClose(value: number | undefined, expected: number): boolean {
  return value !== undefined && Math.abs(value - expected) < 1e-9;
}
