import { describeWith } from '../../../observability/testing/programs';
import { type Jaeger, startJaeger } from '../testing/jaeger';
import { exportOf, sendJson } from '../testing/spans';
import { A, B, C, D, GATEWAY, T, USERS } from '../testing/traces';
import { readSettings } from '../settings';
import { type RunningStore, startStore } from '../store-process';

// A real Jaeger and the store get the same spans and the same questions; status and body must agree.

let jaeger: Jaeger;
let store: RunningStore;
let ours: string;

const iso = (ms: number): string => new Date(ms).toISOString();
const RANGE = `query.start_time_min=${iso(T - 60_000)}&query.start_time_max=${iso(T + 60_000)}`;
const MICROS = `start=${(T - 60_000) * 1000}&end=${(T + 60_000) * 1000}`;

/** Bodies without the random order of Jaeger's maps. */
function normalized(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normalized);
    const isUnordered = items.every((each) => typeof each === 'string' || isNamed(each));
    return isUnordered ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  // Go adds this when it prints a struct.
  if (typeof value === 'string') return value.replace(/ XXX_NoUnkeyedLiteral.*\}$/, '}');
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, each]) => [key, normalized(each)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))) as unknown;
}

/** Operations, dependencies and the older API's spans come in the order of a Go map. */
function isNamed(value: unknown): boolean {
  return (
    ['spanKind', 'callCount', 'operationName'].some((name) => Object.hasOwn(value as object, name)) || isKindless(value)
  );
}

function isKindless(value: unknown): boolean {
  return Object.keys(value as object).join() === 'name';
}

/** The older API numbers processes in the order of its spans. */
function inlined(body: unknown): unknown {
  const { data } = body as { data?: unknown };
  if (!Array.isArray(data)) return body;
  const traces = data.map((trace: { processes?: Record<string, unknown>; spans?: { processID: string }[] }) => {
    const { processes, spans } = trace;
    if (!processes || !spans) return trace;
    const own = spans.map(({ processID, ...span }) => ({ ...span, process: processes[processID] }));
    return { ...trace, spans: own, processes: Object.values(processes).map((each) => JSON.stringify(each)) };
  });
  return { ...(body as object), data: traces };
}

async function ask(base: string, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(base + path);
  return { status: response.status, body: normalized(inlined(await response.json())) };
}

describeWith(['jaeger'], 'compared with Jaeger', () => {
  beforeAll(async () => {
    jaeger = await startJaeger();
    const ports = { OTLP_HTTP_PORT: '0', OTLP_GRPC_PORT: '0', QUERY_PORT: '0' };
    store = await startStore(readSettings(ports));
    ours = `http://127.0.0.1:${store.ports.query}`;
    const resource = { 'host.name': 'h1', 'process.pid': 5, 'service.version': 'v1' };
    const exports = [
      // Traces of one export have no order in Jaeger.
      ...[A, B, D].map((trace) =>
        exportOf(
          { 'service.name': 'gateway', ...resource },
          T,
          GATEWAY.filter((each) => each.trace === trace),
        ),
      ),
      exportOf({ 'service.name': 'user-info', ...resource, 'host.name': 'h2' }, T, USERS),
      exportOf({ 'service.name': '' }, T, [{ trace: 'e1', id: 'e1', name: 'unnamed', at: 9_000, ms: 1 }]),
      exportOf({}, T, [{ trace: 'e2', id: 'e2', name: 'without a name', at: 9_000, ms: 1 }]),
      exportOf({ 'service.name': 7 }, T, [{ trace: 'e3', id: 'e3', name: 'a number', at: 9_000, ms: 1 }]),
    ];
    for (const each of exports)
      for (const to of [jaeger.otlp, `http://127.0.0.1:${store.ports.otlpHttp}`])
        expect((await sendJson(to, '/v1/traces', each)).status).toBe(200);
  });

  afterAll(async () => {
    await store.close();
    await jaeger.stop();
  });

  // Reading by version 3 changes the trace in Jaeger’s memory, so raw reads come first.
  test.each([
    `/api/dependencies?endTs=${T + 600_000}&lookback=3600000`,
    `/api/dependencies?endTs=${T + 600_000}&lookback=3600000&service=user-info`,
    `/api/dependencies?endTs=${T - 600_000}&lookback=1000`,
    `/api/v3/traces/${A}?raw_traces=true`,
    `/api/v3/traces/${D}?raw_traces=1`,
    `/api/traces/${A}?raw=true`,
    `/api/traces/${D}?raw=true`,
    `/api/traces/${A}`,
    `/api/traces/${B}`,
    `/api/traces/${D}`,
    `/api/traces?traceID=${A}&traceID=${C}&traceID=7`,
    `/api/traces?service=gateway&${MICROS}`,
    `/api/traces?service=gateway&${MICROS}&limit=1`,
    `/api/traces?service=user-info&operation=tick&${MICROS}`,
    `/api/traces?service=user-info&tag=enduser.id:u-1001&${MICROS}`,
    `/api/traces?service=user-info&tag=enduser.id:u-1002&${MICROS}`,
    `/api/traces?service=gateway&tags=${encodeURIComponent('{"http.response.status_code":"200","host.name":"h1"}')}&${MICROS}`,
    `/api/traces?service=gateway&tags=${encodeURIComponent('{"exception.type":"Error"}')}&${MICROS}`,
    `/api/traces?service=gateway&minDuration=1s&maxDuration=2s&${MICROS}`,
    `/api/traces?service=gateway&maxDuration=11ms&${MICROS}`,
    `/api/traces?service=gateway&start=${(T + 500) * 1000}&end=${(T + 1_500) * 1000}`,
    `/api/traces?service=empty-service-name&${MICROS}`,
    `/api/traces?service=nobody&${MICROS}`,
    `/api/v3/traces/${A}`,
  ])('GET %s', compare);

  test.each([
    `/api/v3/traces/${D}`,
    `/api/v3/traces?${RANGE}&query.service_name=gateway&query.num_traces=1&query.operation_name=${encodeURIComponent('GET /v1/fails')}`,
    `/api/v3/traces?${RANGE}&query.service_name=service-name-wrong-type&query.num_traces=10`,
    `/api/v3/traces?${RANGE}&query.service_name=missing-service-name&query.num_traces=10&query.duration_max=1ms`,
    '/api/v3/traces/c1',
    '/api/v3/traces/000000000000000000000000000000c1?start_time=2020-01-01T00:00:00Z',
  ])('GET %s', compare);

  test.each([
    '/api/services',
    '/api/v3/services',
    '/api/services/gateway/operations',
    '/api/services/nobody/operations',
    '/api/services/user%2Dinfo/operations',
    '/api/operations?service=gateway',
    '/api/operations?service=gateway&spanKind=server',
    '/api/operations?service=nobody',
    '/api/v3/operations?service=user-info',
    '/api/v3/operations?service=user-info&span_kind=client',
    '/api/v3/operations?service=nobody',
    '/api/v3/operations',
  ])('GET %s', compare);

  test.each([
    '/api/v3/traces',
    `/api/v3/traces?query.start_time_min=${iso(T)}`,
    `/api/v3/traces?query.start_time_min=yesterday&query.start_time_max=${iso(T)}`,
    `/api/v3/traces?query.start_time_min=${iso(T)}&query.start_time_max=2026-02-30T00:00:00Z`,
    `/api/v3/traces?query.start_time_min=${iso(T)}&query.start_time_max=2026-02-03T00:00:00`,
    `/api/v3/traces?query.start_time_min=${iso(T)}&query.start_time_max=2026-02-03T25:00:00Z`,
    `/api/v3/traces?query.start_time_min=${iso(T)}&query.start_time_max=2026-2-3`,
    `/api/v3/traces?query.start_time_min=${iso(T)}&query.start_time_max=2026-02-03T00:00:00Zzz`,
    `/api/v3/traces?${RANGE}&query.service_name=nobody&query.num_traces=10`,
    `/api/v3/traces?${RANGE}&query.num_traces=0`,
    `/api/v3/traces?${RANGE}&query.num_traces=-1`,
    `/api/v3/traces?${RANGE}&query.num_traces=ten`,
    `/api/v3/traces?${RANGE}&query.num_traces=1.5`,
    `/api/v3/traces?${RANGE}&query.num_traces=99999999999999999999`,
    `/api/v3/traces?${RANGE}&query.num_traces=100001`,
    `/api/v3/traces?${RANGE}&query.num_traces=1&query.duration_min=5`,
    `/api/v3/traces?${RANGE}&query.num_traces=1&query.duration_min=5q`,
    `/api/v3/traces?${RANGE}&query.num_traces=1&query.duration_max=s`,
    `/api/v3/traces?${RANGE}&query.num_traces=1&query.duration_max=1h.s`,
    `/api/v3/traces?${RANGE}&query.num_traces=1&query.raw_traces=perhaps`,
    '/api/v3/traces/zz',
    '/api/v3/traces/1',
    '/api/v3/traces/0',
    `/api/v3/traces/${A}0`,
    `/api/v3/traces/${A.slice(0, -1)}g`,
    `/api/v3/traces/${A}?start_time=noon`,
    `/api/v3/traces/${A}?raw_traces=2`,
    '/api/traces',
    '/api/traces/1',
    '/api/traces/zz',
    `/api/traces/${A}?raw=2`,
    `/api/traces/${A}?start=x`,
    '/api/traces?service=gateway&limit=x',
    '/api/traces?service=gateway&limit=0',
    '/api/traces?service=gateway&limit=99999999999',
    '/api/traces?service=gateway&start=x',
    '/api/traces?service=gateway&end=1.5',
    '/api/traces?service=gateway&minDuration=1',
    '/api/traces?service=gateway&minDuration=2s&maxDuration=1s',
    '/api/traces?service=gateway&tag=x',
    '/api/traces?service=gateway&raw=x',
    '/api/traces?traceID=zz',
    '/api/traces?traceID=',
    '/api/operations',
    '/api/dependencies?endTs=x',
    '/api/dependencies?lookback=1.5',
    '/api/dependencies?lookback=-1',
  ])('refused: GET %s', compare);

  test('refused: tags that are not JSON, with another error text than Go’s', async () => {
    const path = `/api/traces?service=gateway&tags=${encodeURIComponent('{"a":1}')}`;
    const [theirs, mine] = [await ask(jaeger.query, path), await ask(ours, path)];
    expect(mine.status).toBe(theirs.status);
    expect(JSON.stringify(mine.body)).toContain("malformed 'tags' parameter, cannot unmarshal JSON: ");
  });
});

async function compare(path: string): Promise<void> {
  expect(await ask(ours, path)).toEqual(await ask(jaeger.query, path));
}
