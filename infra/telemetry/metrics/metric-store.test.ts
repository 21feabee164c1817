import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { ExportMetricsServiceRequestSchema } from '../../../proto/gen/opentelemetry/proto/collector/metrics/v1/metrics_service_pb';
import { attributesOf } from '../testing/spans';
import { Report } from '../receive/report';
import { exposition } from './exposition';
import { MetricStore } from './metric-store';
import { labelName, metricName } from './names';

const LIMITS = { maxSeries: 100, maxBytes: 1024 * 1024, expiryMs: 300_000 };
const T = 1_800_000_000_000;

function metrics(...all: object[]) {
  const json = { resourceMetrics: [{ scopeMetrics: [{ scope: { name: 's' }, metrics: all }] }] } as JsonValue;
  return fromJson(ExportMetricsServiceRequestSchema, json).resourceMetrics;
}

const point = (value: number, key: string | number = 'a', time = 1) => ({
  ...{ attributes: attributesOf({ key: String(key) }), timeUnixNano: String(time), asDouble: value },
});
const gauge = (...dataPoints: object[]) => ({ name: 'g', gauge: { dataPoints } });
const counter = (temporality: number, ...dataPoints: object[]) => ({
  ...{ name: 'c', sum: { isMonotonic: true, aggregationTemporality: temporality, dataPoints } },
});

function add(store: MetricStore, nowMs: number, ...all: object[]): Report {
  const report = new Report();
  store.add(metrics(...all), nowMs, report);
  return report;
}

const values = (store: MetricStore, nowMs = T): string[] =>
  [...exposition(store.families(nowMs)).matchAll(/key="(\w+)".*\} (\S+)$/gm)].map(
    ([, key, value]) => `${key}=${value}`,
  );

test('the last point of a series stays, in any order of arrival', () => {
  const store = new MetricStore(LIMITS);
  add(store, T, gauge(point(1, 'a', 5)), gauge(point(2, 'a', 9)), gauge(point(3, 'a', 7)), gauge(point(4, 'b', 1)));
  expect(values(store)).toEqual(['a=2', 'b=4']);
});

test('a series disappears after five minutes without points, or when it is marked as ended', () => {
  const store = new MetricStore(LIMITS);
  add(store, T, gauge(point(1, 'a'), point(2, 'b')));
  add(store, T + 200_000, gauge(point(3, 'b', 2)));
  expect(values(store, T + 300_001)).toEqual(['b=3']);
  add(store, T + 300_001, gauge({ ...point(0, 'b', 3), flags: 1 }));
  expect(values(store, T + 300_001)).toEqual([]);
  expect(store.stats).toEqual({ series: 0, bytes: 0 });
});

test('new series beyond the limit are refused with a reason; known ones still get points', () => {
  const store = new MetricStore(LIMITS);
  const report = add(store, T, gauge(...Array.from({ length: 150 }, (_, index) => point(index, index))));
  expect(report.message).toBe('refused: more than 100 series (50)');
  expect(add(store, T, gauge(point(7, 0, 2))).message).toBe('');
  expect(values(store)).toContain('0=7');
});

test.each<[string, object, string]>([
  ['a delta', counter(1, point(1)), 'not cumulative (set OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=cumulative'],
  ['a summary', { name: 's', summary: { dataPoints: [{}] } }, 'summaries are not supported'],
  [
    'an exponential histogram',
    { name: 'e', exponentialHistogram: { dataPoints: [{}] } },
    'exponential histograms are not',
  ],
  ['no data', { name: 'n' }, 'a metric without data'],
  ['a name of signs', { ...gauge(point(1)), name: '...' }, 'a name without a letter or digit'],
  [
    'too many buckets',
    {
      name: 'h',
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [{ explicitBounds: Array.from({ length: 2_000 }, (_, index) => index) }],
      },
    },
    'more than 1000 buckets',
  ],
  [
    'too many labels',
    gauge({
      ...point(1),
      attributes: attributesOf(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, 'v']))),
    }),
    'more than 100 labels',
  ],
  [
    'labels that become one',
    gauge({ ...point(1), attributes: attributesOf({ 'a.b': '1', a_b: '2' }) }),
    'two attributes that both become label a_b',
  ],
])('refused: %s', (_, metric, reason) => {
  expect(add(new MetricStore(LIMITS), T, metric).message).toContain(`refused: ${reason}`);
});

test('a name has one type', () => {
  const store = new MetricStore(LIMITS);
  add(store, T, { ...gauge(point(1)), name: 'c_total' });
  expect(add(store, T, counter(2, point(5))).message).toBe('refused: a counter with the name of a gauge (1)');
});

test('names and labels are always valid in Prometheus', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('counter', 'gauge', 'other'),
      (name, unit, kind) => {
        expect(metricName(name, unit, kind as 'counter') ?? 'a').toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/);
        expect(labelName(name) ?? 'a').toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
      },
    ),
  );
});

test('the accounted memory always equals what is kept', () => {
  const action = fc.record({
    key: fc.integer({ min: 0, max: 300 }),
    time: fc.nat(5),
    later: fc.constantFrom(0, 0, 100_000),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const store = new MetricStore({ ...LIMITS, maxBytes: 50_000 });
      let now = T;
      for (const { key, time, later } of actions) add(store, (now += later), gauge(point(1, key, time)));
      expect(store.stats.series).toBeLessThanOrEqual(100);
      expect(store.stats.bytes).toBeLessThanOrEqual(50_000);
      expect(values(store, now)).toHaveLength(store.stats.series);
    }),
  );
});
