import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { dashboards, panelQueries, UIDS } from '../../observability/dashboards';
import { type OtlpTap, startTap } from '../../observability/testing/otlp-tap';
import { describeWith, freePorts } from '../../observability/testing/programs';
import { until } from '../../services/kit/testing/programs/until';
import { resultOf } from '../../observability/testing/prometheus';
import { Stack } from '../../observability/testing/stack';
import { substituteVariables } from '../../observability/testing/variables';
import { REGISTRY, seriesNames, unregistered } from '../../observability/registry';
import { services } from '../../services';
import { bindingsOf } from '../../services/gateway/routing/bindings';
import { gateway } from '../../services/gateway/service';
import { pathOf } from '../../services/kit/declaration';
import { copyProject, npmStart, type Platform, type Project } from './testing/npm-start';

// The whole platform sends its telemetry to a collector, and the tests look at what arrives.

jest.setTimeout(600_000);

const run = promisify(execFile);

const JAEGER_PORTS = ['query', 'queryGrpc', 'grpc', 'http', 'health', 'internal'] as const;

const KNOWN = {
  methods: services.flatMap(({ serves }) =>
    serves.flatMap(({ contract }) => contract.methods.map((method) => pathOf(method).slice(1))),
  ),
  routes: bindingsOf(gateway.calls).map(({ template }) => template.text),
  collections: ['users', 'roles', 'userRoles', 'rolePermissions', 'collections', 'materials', 'chunks', 'payments'],
};

let project: Project;
let platform: Platform;
let tap: OtlpTap;

/** @param collector receives the telemetry too */
async function start(collector?: string): Promise<void> {
  project = copyProject();
  tap = await startTap(collector);
  platform = await npmStart(project.root, { OTEL_EXPORTER_OTLP_ENDPOINT: tap.endpoint, ...FAST_EXPORT });
}

/** Shorter intervals than in production. */
const FAST_EXPORT = {
  OTEL_BSP_SCHEDULE_DELAY: '200',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
  OTEL_METRIC_EXPORT_TIMEOUT: '900',
};

async function stop(): Promise<void> {
  await platform.stop('SIGINT');
  tap.stop();
  project.remove();
}

async function get(path: string, user = 'u-1001'): Promise<Response> {
  const response = await fetch(`http://${platform.address('gateway')}${path}`, { headers: { 'x-user-id': user } });
  await response.arrayBuffer();
  return response;
}

async function weft(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['infra/cli/weft.cjs', ...args], { cwd: project.root });
  return stdout;
}

/** Calls of all kinds, failed calls, and unknown paths. */
async function makeTraffic(): Promise<void> {
  await run('npm', ['run', 'ingest', '--', 'docs', '--user', 'u-1001'], { cwd: project.root });
  for (const path of [
    '/v1/users/u-1001',
    '/v1/rag/docs/search?query=trace&limit=3',
    '/v1/users/nobody',
    '/v2/none?a=b',
  ])
    await get(path);
  await get('/v1/rag/docs/search:stream?query=trace');
  await get('/v1/rag/docs/search?query=');
  await get('/v1/rag/docs/search?query=trace', 'ada@example.com');
  await weft('call', 'greeter', 'SayHello', '{"name":"Ada"}');
  await weft('call', 'greeter', 'SayHello', '{"name":""}').catch(() => undefined);
  // Both versions, as with a split.
  for (const address of platform.board().services.find(({ name }) => name === 'payment')?.addresses ?? [])
    await weft('call', 'payment', 'GetPayment', '{"payment_id":"p-1"}', '--address', address).catch(() => undefined);
}

describe('the telemetry of a running platform', () => {
  beforeAll(async () => {
    await start();
    await makeTraffic();
    await sleep(3_000);
  });

  afterAll(stop);

  test('has only registered names, and no data of people or their requests', () => {
    expect(unregistered(tap, KNOWN)).toEqual([]);
  });

  test('has all metrics of calls for every service', () => {
    const names = new Set(tap.spans.map(({ name }) => name));
    expect([...names]).toEqual(
      expect.arrayContaining([
        'GET /v1/users/{user_id}',
        'GET /v1/rag/{rag_code}/search',
        'weft.user.v1.UserInfoService/GetUserInfo',
        'weft.rag.v1.RagSearchService/Search',
        'weft.rag.v1.RagSearchService/Ingest',
        'weft.greeter.v1.Greeter/SayHello',
      ]),
    );
    const measured = new Set(tap.metrics.map(({ name }) => name));
    for (const name of ['rpc.server.call.duration', 'rpc.client.call.duration', 'http.server.request.duration'])
      expect(measured).toContain(name);
  });
});

describeWith(['otelcol', 'jaeger', 'prometheus'], 'telemetry in a real collector, Jaeger and Prometheus', () => {
  const stack = new Stack();
  let jaeger: string;
  let prometheus: string;

  beforeAll(async () => {
    const { prometheus: port, ...ports } = await freePorts(...JAEGER_PORTS, 'prometheus');
    prometheus = `http://127.0.0.1:${port}`;
    jaeger = `http://127.0.0.1:${ports.query}`;
    await stack.startJaeger(ports, { maxTraces: 10_000 }, prometheus);
    const collector = await stack.startCollector(ports.grpc, { share: 100, slowSeconds: 1, waitSeconds: 1 }, services);
    await stack.startPrometheus(port, collector.ports, services);
    await start(collector.otlp);
    for (let round = 0; round < 3; round += 1) {
      await makeTraffic();
      await sleep(2_000);
    }
  });

  afterAll(async () => {
    await stop();
    await stack.stop();
  });

  test('one request is one trace of gateway, rag-search, user-info and MongoDB, with parents right', async () => {
    const response = await get('/v1/rag/docs/search?query=trace&limit=3');
    const id = response.headers.get('x-trace-id') ?? '';
    await until('the trace is whole', async () => (await spansOf(id)).length >= 6);
    const spans = await spansOf(id);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const path = (span: JaegerSpan | undefined): string[] =>
      span ? [...path(byId.get(span.parentSpanId ?? '')), `${span.service}: ${span.name}`] : [];
    expect(spans.map(path).map((steps) => steps.join(' > '))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^gateway: GET \/v1\/rag\/\{rag_code\}\/search > gateway: \S+\/Search > rag-search: \S+\/Search > rag-search: \S+\/GetUserInfo > user-info: \S+\/GetUserInfo > user-info: (find|aggregate) /,
        ),
      ]),
    );
  });

  interface JaegerSpan {
    spanId: string;
    parentSpanId?: string;
    name: string;
    service: string;
  }

  async function spansOf(id: string): Promise<JaegerSpan[]> {
    const answer = await fetch(`${jaeger}/api/v3/traces/${id}`);
    if (!answer.ok) return [];
    const { result } = (await answer.json()) as { result: { resourceSpans: OtlpResourceSpans[] } };
    return result.resourceSpans.flatMap(({ resource, scopeSpans }) => {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })));
    });
  }

  interface OtlpResourceSpans {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: { spanId: string; parentSpanId?: string; name: string }[] }[];
  }

  /** Panels without data here: proxies, refused calls, and the share of zero errors. */
  const ELSEWHERE = /istio_|envoy_|refused_calls/;
  const UNDEFINED = 'Error share, canary divided by stable';

  const PANELS = dashboards().flatMap((dashboard) =>
    panelQueries(dashboard)
      .filter(({ title, expr }) => !ELSEWHERE.test(expr) && title !== UNDEFINED)
      .map(({ title, expr }) => ({
        title: `${dashboard.title}: ${title}`,
        expr: substituteVariables(expr, {
          __rate_interval: '5m',
          // The service with two versions.
          ...(dashboard.uid === UIDS.canary && { service: 'payment' }),
        }),
      })),
  );

  test('every panel has data', async () => {
    expect(PANELS.length).toBeGreaterThan(40);
    let without = PANELS;
    await until(`${without.map(({ title }) => title).join(', ')} have data`, async () => {
      const results = await Promise.all(without.map(({ expr }) => resultOf(prometheus, expr)));
      without = without.filter((_, index) => results[index]?.length === 0);
      return without.length === 0;
    }).catch(() => undefined);
    expect(without).toEqual([]);
  });

  test('every series of the services has a registered name', async () => {
    const found = await resultOf(prometheus, 'count by (__name__) ({job=~"weft/.*"})');
    const known = new Set([...REGISTRY.metrics.flatMap(seriesNames), 'target_info']);
    expect(found.map(({ labels }) => labels['__name__'] ?? '').filter((name) => !known.has(name))).toEqual([]);
  });
});
