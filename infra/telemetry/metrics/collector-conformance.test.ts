import { describeWith } from '../../../observability/testing/programs';
import { type Collector, startCollector } from '../testing/collector';
import { attributesOf, sendJson } from '../testing/spans';
import { readSettings } from '../settings';
import { type RunningStore, startStore } from '../store-process';

// A real collector and the store get the same points; the pages they show to Prometheus must be the same.

const NOW = String(BigInt(Date.now()) * 1_000_000n);
const CUMULATIVE = 2;

type Attributes = Parameters<typeof attributesOf>[0];

const number = (value: number, attributes: Attributes = {}) => ({
  attributes: attributesOf(attributes),
  timeUnixNano: NOW,
  ...(Number.isSafeInteger(value) ? { asInt: String(value) } : { asDouble: value }),
});
const gauge = (name: string, unit: string, ...dataPoints: unknown[]) => ({ name, unit, gauge: { dataPoints } });
const sum = (name: string, unit: string, isMonotonic: boolean, ...dataPoints: unknown[]) => ({
  ...{ name, unit, description: `What "${name}" is\\for\n` },
  sum: { aggregationTemporality: CUMULATIVE, isMonotonic, dataPoints },
});
const histogram = (name: string, unit: string, ...dataPoints: unknown[]) => ({
  ...{ name, unit, description: 'How long.' },
  histogram: { aggregationTemporality: CUMULATIVE, dataPoints },
});

const METRICS = [
  histogram('rpc.server.call.duration', 's', {
    ...number(0, { 'rpc.method': 'weft.user.v1.UserInfoService/GetUserInfo', 'rpc.system.name': 'grpc' }),
    ...{
      explicitBounds: [0.005, 0.01, 1, 2.5, 1e6],
      bucketCounts: ['1', '0', '2', '3', '0', '4'],
      sum: 12.5,
      count: '10',
    },
  }),
  histogram('empty', 's', { ...number(0), count: '0', sum: 0 }),
  sum(
    'weft.rpc.server.messages',
    '{message}',
    true,
    number(5, { 'network.io.direction': 'receive' }),
    number(7, { 'network.io.direction': 'transmit' }),
  ),
  sum('weft.rpc.server.active_calls', '{call}', false, number(-3)),
  sum('requests.total', '1', true, number(12_345_678)),
  sum('up.down', '1', false, number(4)),
  sum('io', 'By/s', true, number(1.5)),
  sum('per.unknown', '{x}/{y}', true, number(1)),
  sum('per.request', 'By/{request}', true, number(1)),
  gauge('nodejs.eventloop.utilization', '1', number(0.25)),
  gauge('cpu.ratio', '1', number(1e-7)),
  gauge('v8js.memory.heap.used', 'By', number(1_000_000, { 'v8js.heap.space.name': 'new "space"\\\n' })),
  gauge('speed', 'm/s', number(123456.789)),
  gauge('speed.per.second', '/s', number(2)),
  gauge('odd   unit', '°C..x', number(1e21)),
  gauge('1st', '%', number(0.1)),
  gauge('with:colon__and__underscores', 'ms', number(100_000)),
  gauge(
    'values',
    '',
    number(-0.5, { list: ['a', 1], map: { b: true }, yes: false, '1st': 'digit', a__b: 'two', _c: 'under' }),
  ),
  gauge('twice', '', number(1, { 'a.b': '1', a_b: '2' })),
  gauge('io.bytes.total', 'By', number(3)),
];

const RESOURCE = {
  'service.name': 'user-info',
  'service.namespace': 'weft',
  'service.instance.id': 'pod-1',
  'service.version': 'v1',
  'k8s.pod.name': 'pod-1',
};

const exportOf = (
  resource: Attributes,
  metrics: unknown[],
  scope: object = { name: 'kit', version: '1.0', attributes: attributesOf({ lane: 'x', name: 'own' }) },
) => ({
  resourceMetrics: [
    {
      resource: { attributes: attributesOf(resource) },
      scopeMetrics: [{ scope, schemaUrl: 'https://opentelemetry.io/schemas/1.44.0', metrics }],
    },
  ],
});

const EXPORTS = [
  exportOf(RESOURCE, METRICS),
  exportOf({ 'service.name': 'gateway' }, [gauge('speed', 'm/s', number(3, { 'service.name': 'is replaced' }))]),
  exportOf({}, [gauge('speed', 'm/s', number(4))], {}),
  exportOf({ 'service.name': 'gateway' }, [
    { ...sum('speed_meters_per_second', '', false, number(9, { kind: 'same name' })), description: '' },
  ]),
];

/** `target_info` repeats the labels of every series. */
function shown(text: string): string[] {
  const lines = text.split('\n').filter((line) => !/\b(target_info|weft_telemetry_\w+)\b/.test(line));
  return lines.map((line) => line.replace(/^(# HELP \S+) $/, '$1 ')).filter(Boolean);
}

describeWith(['otelcol'], 'compared with the collector', () => {
  let collector: Collector;
  let store: RunningStore;

  beforeAll(async () => {
    collector = await startCollector();
    store = await startStore(readSettings({ OTLP_HTTP_PORT: '0', OTLP_GRPC_PORT: '0', QUERY_PORT: '0' }));
    for (const each of EXPORTS)
      for (const to of [collector.otlp, `http://127.0.0.1:${store.ports.otlpHttp}`])
        expect(await (await sendJson(to, '/v1/metrics', each)).text()).toMatch(/^\{("partialSuccess".*)?\}$/);
  });

  afterAll(async () => {
    await store.close();
    await collector.stop();
  });

  test('the text is the same', async () => {
    const theirs = await (await fetch(collector.metrics)).text();
    const ours = await (await fetch(`http://127.0.0.1:${store.ports.query}/metrics`)).text();
    expect(shown(theirs).length).toBeGreaterThan(40);
    expect(shown(ours)).toEqual(shown(theirs));
  });
});
