import { describeWith } from '../../observability/testing/programs';
import { until } from '../../services/kit/testing/programs/until';
import { type Jaeger, startJaeger } from '../telemetry/testing/jaeger';
import { sendJson } from '../telemetry/testing/spans';
import { otlpOf, searchTrace } from '../trace-view/testing/traces';
import type { Trace } from '../trace-view/span';
import { newestError, newestTraces, slowestTrace, traceById, type TraceSearch } from './find-traces';
import { endpointOf } from './http-get';

describeWith(['jaeger'], 'a real Jaeger', () => {
  let jaeger: Jaeger;
  let search: TraceSearch;

  beforeAll(async () => {
    jaeger = await startJaeger();
    search = { jaeger: endpointOf('Jaeger', jaeger.query), service: undefined, sinceMs: 3_600_000 };
    expect((await sendJson(jaeger.otlp, '/v1/traces', { resourceSpans: TRACES.flat() })).status).toBe(200);
    await until('the traces have arrived', async () => (await newestTraces(search)).length === TRACES.length);
  });

  afterAll(() => jaeger.stop());

  const start = Date.now() - 60_000;
  const slow = (trace: Trace): void => trace.spans.forEach((span) => (span.to += 2e9));
  const fail = (trace: Trace): void => trace.spans.slice(2).forEach((span) => (span.isError = true));
  const variant = (id: string, seconds: number, change: (trace: Trace) => void = () => undefined): object[] => {
    const trace = { ...searchTrace(), id: id.padEnd(32, '0') };
    change(trace);
    return otlpOf(trace, start + seconds * 1_000);
  };
  const TRACES = [variant('4bf9a', 0), variant('4bf9b', 1, slow), variant('77', 2, fail), variant('88', 3)];

  test('returns a trace as it was sent', async () => {
    const trace = await traceById(search, '88'.padEnd(32, '0'));
    const facts = (of?: Trace): unknown =>
      of?.spans.map(({ name, service, kind, from, to, code }) => [name, service, kind, from, to, code]);
    expect(facts(trace)).toEqual(facts(searchTrace()));
  });

  test('finds the newest, the slowest, the newest failed trace, and one by the start of its id', async () => {
    expect((await newestTraces(search)).map(({ id }) => id.replace(/0+$/, ''))).toEqual(['88', '77', '4bf9b', '4bf9a']);
    expect((await newestTraces({ ...search, service: 'user-info' }, 1))[0]?.id).toMatch(/^88/);
    expect((await slowestTrace(search))?.id).toMatch(/^4bf9b/);
    expect((await newestError(search))?.id).toMatch(/^77/);
    expect((await traceById(search, '4bf9a'))?.id).toMatch(/^4bf9a/);
    await expect(traceById(search, '4b')).rejects.toThrow('several trace ids start with 4b');
  });

  test('finds nothing without a match', async () => {
    expect(await traceById(search, 'f'.repeat(32))).toBeUndefined();
    expect(await newestTraces({ ...search, service: 'nobody' })).toEqual([]);
    expect(await newestTraces({ ...search, sinceMs: 1_000 })).toEqual([]);
  });
});
