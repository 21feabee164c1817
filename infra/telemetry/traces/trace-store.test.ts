import { create, fromJson, type JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { ExportTraceServiceRequestSchema } from '../../../proto/gen/opentelemetry/proto/collector/trace/v1/trace_service_pb';
import type { ResourceSpans } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { SpanSchema } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { exportOf, type TestSpan } from '../testing/spans';
import { hexOf } from '../ids';
import { convertIds } from '../receive/otlp-json';
import { Report } from '../receive/report';
import { encodeChunk, mayMatch } from './chunk';
import { matchesTrace, type TraceQuery } from './search';
import { spansOf } from './trace-data';
import { TraceStore } from './trace-store';

const MIB = 1024 * 1024;
const T = 1_800_000_000_000;

function spans(service: string, ...own: TestSpan[]): ResourceSpans[] {
  const json = exportOf({ 'service.name': service }, T, own) as unknown as JsonValue;
  convertIds(json);
  return fromJson(ExportTraceServiceRequestSchema, json).resourceSpans;
}

const span = (trace: number, more: Partial<TestSpan> = {}): TestSpan => ({
  ...{ trace: (trace + 1).toString(16), id: (trace + 1).toString(16), name: 'op', at: trace, ms: 5 },
  ...more,
});

const ERROR = { more: { status: { code: 2 } } };

const ALL: TraceQuery = {
  ...{ service: '', operation: '', attributes: new Map(), startMin: 0n, startMax: 1n << 62n },
  ...{ durationMin: 0n, durationMax: 0n, limit: 100_000 },
};

const createStore = (maxBytes = MIB): TraceStore => new TraceStore({ maxBytes, slowNanos: 1_000_000_000n });
const ids = (traces: ResourceSpans[][]): string[] =>
  traces.map((trace) => hexOf(spansOf(trace)[0]?.span.traceId ?? new Uint8Array()).replace(/^0+/, ''));

test('the newest are kept, within the limit', () => {
  const store = createStore();
  for (let index = 0; index < 5_000; index += 1) store.add(spans('a', span(index)), new Report());
  const { bytes, traces, evicted } = store.stats;
  expect(bytes).toBeLessThanOrEqual(MIB);
  expect(bytes).toBeGreaterThan(0.9 * MIB);
  expect(traces + evicted).toBe(5_000);
  const kept = ids(store.search(ALL));
  expect(kept).toHaveLength(traces);
  expect(kept[0]).toBe((5_000).toString(16));
  expect(kept.at(-1)).toBe((5_000 - traces + 1).toString(16));
});

test('failed and slow traces outlive ordinary ones, in at most half of the memory', () => {
  const store = createStore();
  store.add(spans('a', span(0, ERROR), span(1, { ms: 1_500 })), new Report());
  for (let index = 2; index < 5_000; index += 1) store.add(spans('a', span(index)), new Report());
  expect(ids(store.search(ALL)).slice(-2)).toEqual(['2', '1']);
  for (let index = 5_000; index < 10_000; index += 1) store.add(spans('a', span(index, ERROR)), new Report());
  const ordinary = store.search({ ...ALL, attributes: new Map([['span.status', 'unset']]) });
  const { traces, bytes } = store.stats;
  expect(bytes).toBeLessThanOrEqual(MIB);
  expect(ordinary.length).toBeGreaterThan(traces * 0.45);
});

test('a late error makes a trace stay longer', () => {
  const store = createStore();
  store.add(spans('a', span(0)), new Report());
  store.add(spans('b', span(0, { id: '77', ...ERROR })), new Report());
  for (let index = 1; index < 5_000; index += 1) store.add(spans('a', span(index)), new Report());
  expect(spansOf(store.get('1'.padStart(32, '0')) ?? [])).toHaveLength(2);
});

test('a growing trace is refused beyond a tenth of the store, with a reason', () => {
  const store = createStore();
  const report = new Report();
  for (let index = 0; index < 2_000; index += 1)
    store.add(spans('a', span(0, { id: (index + 1).toString(16) })), report);
  expect(store.stats.bytes).toBeLessThanOrEqual(0.1 * MIB);
  expect(report.message).toMatch(/^refused: the trace is too large for the store \(\d+\)$/);
  expect(spansOf(store.get('1'.padStart(32, '0')) ?? []).length + report.refused).toBe(2_000);
});

test('services and operations are those of stored traces', () => {
  const store = createStore();
  store.add(spans('gone', span(0, { name: 'old', kind: 2 })), new Report());
  expect([store.services, store.operations('gone', 'server')]).toEqual([['gone'], [{ name: 'old', kind: 'server' }]]);
  for (let index = 1; index < 5_000; index += 1) store.add(spans(`s-${index % 7}`, span(index)), new Report());
  expect(store.services.sort()).toEqual(['s-0', 's-1', 's-2', 's-3', 's-4', 's-5', 's-6']);
  expect(store.operations('gone', '')).toEqual([]);
});

test('ten thousand services stay within the limit', () => {
  const store = createStore();
  for (let index = 0; index < 10_000; index += 1)
    store.add(spans(`service-${index}`, span(index, { name: `op-${index}` })), new Report());
  expect(store.stats.bytes).toBeLessThanOrEqual(MIB);
  expect(store.services.length).toBeLessThan(3_000);
});

describe('properties', () => {
  const service = fc.constantFrom('a', 'b', 'c');
  const attributes = fc.dictionary(fc.constantFrom('k', 'l', '__proto__'), fc.constantFrom('1', '2', 3, true), {
    noNullPrototype: true,
  });
  const anySpan = fc.record({
    ...{ trace: fc.integer({ min: 1, max: 5 }).map(String), id: fc.integer({ min: 1, max: 4_000 }).map(String) },
    ...{
      name: fc.constantFrom('x', 'y'),
      kind: fc.integer({ min: 0, max: 5 }),
      at: fc.nat(1_000),
      ms: fc.integer({ min: 1, max: 2_000 }),
    },
    ...{ attributes, more: fc.constantFrom({}, { status: { code: 1 } }, { status: { code: 2 } }) },
  }) as fc.Arbitrary<TestSpan>;
  const batch = fc.tuple(service, fc.array(anySpan, { minLength: 1, maxLength: 5 }));
  const nanos = (ms: number): bigint => BigInt(T + ms) * 1_000_000n;
  const query: fc.Arbitrary<TraceQuery> = fc.record({
    ...{ service: fc.constantFrom('', 'a', 'b'), operation: fc.constantFrom('', 'x', 'z') },
    attributes: fc
      .dictionary(fc.constantFrom('k', 'error'), fc.constantFrom('1', 'true'))
      .map((of) => new Map(Object.entries(of))),
    ...{ startMin: fc.nat(1_000).map(nanos), startMax: fc.nat(1_000).map(nanos) },
    ...{ durationMin: fc.constantFrom(0n, 500_000_000n), durationMax: fc.constantFrom(0n, 1_000_000_000n) },
    limit: fc.integer({ min: 1, max: 10 }),
  });

  test('a search finds the same as a scan of every span', () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 12 }), query, (batches, wanted) => {
        const store = createStore();
        for (const [name, own] of batches) store.add(spans(name, ...own), new Report());
        const all = store.search(ALL);
        const expected = all.filter((trace) => matchesTrace(trace, wanted)).slice(0, wanted.limit);
        expect(ids(store.search(wanted))).toEqual(ids(expected));
      }),
    );
  });

  test('every added span is found by its trace, in any order of arrival', () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 12 }), (batches) => {
        const store = createStore();
        for (const [name, own] of batches) store.add(spans(name, ...own), new Report());
        const added = batches.flatMap(([, own]) => own.map(({ trace, id, name }) => `${trace} ${id} ${name}`)).sort();
        const found = spansOf(store.search(ALL).flat()).map(
          ({ span: { traceId, spanId, name } }) =>
            `${[traceId, spanId].map((id) => hexOf(id).replace(/^0+/, '')).join(' ')} ${name}`,
        );
        expect(found.sort()).toEqual(added);
      }),
    );
  });

  test('a chunk that cannot match has no matching span', () => {
    fc.assert(
      fc.property(batch, query, ([name, own], wanted) => {
        const [part] = spans(name, ...own);
        const matches = part !== undefined && matchesTrace([part], wanted);
        expect(matches && part !== undefined && !mayMatch(encodeChunk(part), wanted)).toBe(false);
      }),
    );
  });

  test('the size never exceeds the limit, and deleted traces leave nothing behind', () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 30, maxLength: 60 }), (batches) => {
        const store = createStore(16_384);
        for (const [name, own] of batches) {
          store.add(spans(name, ...own), new Report());
          expect(store.stats.bytes).toBeLessThanOrEqual(16_384);
        }
        const names = new Set(
          store
            .search(ALL)
            .flatMap((trace) => trace.map(({ resource }) => resource?.attributes[0]?.value?.value.value)),
        );
        expect(new Set(store.services)).toEqual(names);
      }),
      { numRuns: 30 },
    );
  });
});

test('a span with only the required fields is kept', () => {
  const [part] = spans('a', span(0));
  part?.scopeSpans[0]?.spans.splice(
    0,
    1,
    create(SpanSchema, {
      traceId: new Uint8Array(16).fill(1),
      spanId: new Uint8Array(8).fill(1),
      startTimeUnixNano: 1n,
      endTimeUnixNano: 2n,
    }),
  );
  const store = createStore();
  store.add(part ? [part] : [], new Report());
  expect(store.get('01'.repeat(16))).toHaveLength(1);
});
