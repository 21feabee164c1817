import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { otlpOf, searchTrace } from '../trace-view/testing/traces';
import type { Trace } from '../trace-view/span';
import { newestError, newestTraces, slowestTrace, traceById, type TraceSearch } from './find-traces';
import { eventually, freePort, type RunningProgram, runProgram } from './testing/program';
import { endpointOf } from './http-get';
import { listServices } from './jaeger';

const JAEGER = process.env['WEFT_JAEGER'] ?? '';

/** @see https://www.jaegertracing.io/docs/latest/deployment/configuration/ */
const config = (port: Record<'query' | 'grpc' | 'otlp', number>): string => `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] }
  telemetry: { metrics: { level: none }, logs: { level: error } }
extensions:
  jaeger_query:
    storage: { traces: mem }
    http: { endpoint: '127.0.0.1:${port.query}' }
    grpc: { endpoint: '127.0.0.1:${port.grpc}' }
  jaeger_storage:
    backends: { mem: { memory: { max_traces: 10000 } } }
receivers:
  otlp: { protocols: { http: { endpoint: '127.0.0.1:${port.otlp}' } } }
exporters:
  jaeger_storage_exporter: { trace_storage: mem }
`;

if (JAEGER === '') {
  test.skip('no Jaeger: WEFT_JAEGER does not name its program', () => undefined);
} else {
  describe('a real Jaeger', () => {
    let jaeger: RunningProgram;
    let search: TraceSearch;
    let send: (...traces: object[][]) => Promise<void>;

    beforeAll(async () => {
      const port = { query: await freePort(), grpc: await freePort(), otlp: await freePort() };
      jaeger = await runProgram(JAEGER, (folder) => {
        writeFileSync(join(folder, 'jaeger.yaml'), config(port));
        return { args: ['--config', 'jaeger.yaml'] };
      });
      search = {
        jaeger: endpointOf('Jaeger', `http://127.0.0.1:${port.query}`),
        service: undefined,
        sinceMs: 3_600_000,
      };
      send = async (...traces) => {
        const { ok } = await fetch(`http://127.0.0.1:${port.otlp}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ resourceSpans: traces.flat() }),
        });
        if (!ok) throw new Error('Jaeger refuses the spans');
      };
      await eventually(async () => (await listServices(search.jaeger)).length === 0);
      await send(...TRACES);
      await eventually(async () => (await newestTraces(search)).length === TRACES.length);
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

    test('gives back what it was given', async () => {
      const trace = await traceById(search, '88'.padEnd(32, '0'));
      const facts = (of?: Trace): unknown =>
        of?.spans.map(({ name, service, kind, from, to, code }) => [name, service, kind, from, to, code]);
      expect(facts(trace)).toEqual(facts(searchTrace()));
    });

    test('is asked for the newest, the slowest, the newest that failed, and one by the beginning of its id', async () => {
      expect((await newestTraces(search)).map(({ id }) => id.replace(/0+$/, ''))).toEqual([
        '88',
        '77',
        '4bf9b',
        '4bf9a',
      ]);
      expect((await newestTraces({ ...search, service: 'user-info' }, 1))[0]?.id).toMatch(/^88/);
      expect((await slowestTrace(search))?.id).toMatch(/^4bf9b/);
      expect((await newestError(search))?.id).toMatch(/^77/);
      expect((await traceById(search, '4bf9a'))?.id).toMatch(/^4bf9a/);
      await expect(traceById(search, '4b')).rejects.toThrow('several traces begin with 4b');
    });

    test('says that there is none', async () => {
      expect(await traceById(search, 'f'.repeat(32))).toBeUndefined();
      expect(await newestTraces({ ...search, service: 'nobody' })).toEqual([]);
      expect(await newestTraces({ ...search, sinceMs: 1_000 })).toEqual([]);
    });
  });
}
