import { createServer, type Server } from 'node:net';
import { histogramRequest, newTraceId, post, type Span, traceRequest } from './testing/otlp';
import { until } from '../services/kit/testing/programs/until';
import { describeWith, freePorts } from './testing/programs';
import { traceOf } from './testing/queries';
import { type Collector, Stack } from './testing/stack';

const ORDINARY: Span = { service: 'users', name: 'Get', seconds: 0.01 };

/** The sum over the series of a metric in Prometheus' text format. */
async function exposed(port: number, metric: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric}_total{`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

describeWith(['otelcol'], 'a collector whose Jaeger', () => {
  let stack = new Stack();
  let silent: Server | undefined;
  afterEach(async () => {
    await stack.stop();
    stack = new Stack();
    silent?.close();
  }, 30_000);

  /** Nothing listens there, or a listener never answers. */
  async function jaegerThat(answers: 'refuses' | 'hangs'): Promise<number> {
    if (answers === 'refuses') return (await freePorts('port')).port;
    const server = createServer((socket) => socket.on('error', () => undefined).resume());
    silent = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as { port: number }).port;
  }

  test.each(['refuses', 'hangs'] as const)(
    '%s still takes spans at once and counts them',
    async (answers) => {
      const port = await jaegerThat(answers);
      const { otlp, ports } = await stack.startCollector(port, { share: 100, slowSeconds: 1, waitSeconds: 1 });
      let longest = 0;
      for (let i = 0; i < 300; i += 1) {
        const started = performance.now();
        const { status } = await post(`${otlp}/v1/traces`, traceRequest(newTraceId(), ORDINARY));
        expect(status).toBe(200);
        longest = Math.max(longest, performance.now() - started);
      }
      expect(longest).toBeLessThan(2_000);
      await until(
        'all spans are counted',
        async () => (await exposed(ports.metrics, 'traces_span_metrics_calls')) === 300,
      );
      const metrics = histogramRequest('users', 'rpc.server.call.duration', [1], [{ attributes: {}, counts: [1, 0] }]);
      expect(await post(`${otlp}/v1/metrics`, metrics)).toMatchObject({ status: 200 });
      await until(
        'spans wait in the queue',
        async () => (await exposed(ports.internal, 'otelcol_exporter_queue_size')) > 0,
      );
      const capacity = await exposed(ports.internal, 'otelcol_exporter_queue_capacity');
      expect(capacity).toBeLessThanOrEqual(32 * 2 ** 20);
    },
    60_000,
  );
});

describeWith(['otelcol'], 'a collector', () => {
  const stack = new Stack();
  let collector: Collector;

  beforeAll(async () => {
    const { jaeger } = await freePorts('jaeger');
    collector = await stack.startCollector(jaeger, { share: 100, slowSeconds: 1, waitSeconds: 1 });
  }, 30_000);
  afterAll(() => stack.stop(), 30_000);

  const goesOn = async (): Promise<void> => {
    expect(await post(`${collector.otlp}/v1/traces`, traceRequest(newTraceId(), ORDINARY))).toMatchObject({
      status: 200,
    });
  };

  test.each([
    ['a body that is not JSON', '{"resourceSpans": [', 400],
    ['a malformed id', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"garbage"}]}]}]}', 400],
    ['a body that is too large', `{"x":"${'x'.repeat(9 * 2 ** 20)}"}`, 400],
  ])('refuses %s, with a reason', async (_, body, status) => {
    const answer = await post(`${collector.otlp}/v1/traces`, body);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(/message/);
    await goesOn();
  });

  test('accepts spans with absurd times and keeps working', async () => {
    for (const seconds of [-1e6, 0, 1e9]) {
      const request = traceRequest(newTraceId(), { ...ORDINARY, seconds });
      expect([200, 400]).toContain((await post(`${collector.otlp}/v1/traces`, request)).status);
    }
    await goesOn();
  });

  test('accepts a span with 100,000 attributes and keeps them out of its metrics', async () => {
    const attributes = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`a${i}`, 'x']));
    const answer = await post(`${collector.otlp}/v1/traces`, traceRequest(newTraceId(), { ...ORDINARY, attributes }));
    expect([200, 400, 413]).toContain(answer.status);
    await goesOn();
  });

  test('limits a service to two thousand series and handles thousands of services', async () => {
    for (let batch = 0; batch < 20; batch += 1) {
      const spans = Array.from({ length: 150 }, (_, i) => ({ ...ORDINARY, service: `s-${batch * 150 + i}` }));
      await post(`${collector.otlp}/v1/traces`, traceRequest(newTraceId(), { ...ORDINARY, children: spans }));
      const names = Array.from({ length: 150 }, (_, i) => ({
        ...ORDINARY,
        service: 'many',
        name: `n-${batch * 150 + i}`,
      }));
      await post(`${collector.otlp}/v1/traces`, traceRequest(newTraceId(), { ...ORDINARY, children: names }));
    }
    const url = `http://127.0.0.1:${collector.ports.metrics}/metrics`;
    const seriesOf = async (labels: string) =>
      (await (await fetch(url)).text())
        .split('\n')
        .filter((line) => line.startsWith('traces_span_metrics_calls') && line.includes(labels));
    const overflow = 'otel_metric_overflow="true"';
    await until('what is too much is counted together', async () => (await seriesOf(overflow)).length > 0);
    expect((await seriesOf('service_name="many"')).length).toBeLessThanOrEqual(2_001);
    await goesOn();
  }, 60_000);
});

describeWith(['otelcol', 'jaeger'], 'a collector that keeps all traces', () => {
  const stack = new Stack();
  afterAll(() => stack.stop(), 30_000);

  test('loses no trace, and Jaeger keeps them in files', async () => {
    const ports = await freePorts('grpc', 'http', 'query', 'queryGrpc', 'internal', 'health');
    await stack.startJaeger(ports, { folder: `${stack.folder}/badger`, hours: 1 });
    const { otlp } = await stack.startCollector(ports.grpc, { share: 100, slowSeconds: 1, waitSeconds: 1 });
    const sent = Array.from({ length: 30 }, newTraceId);
    for (const traceId of sent) await post(`${otlp}/v1/traces`, traceRequest(traceId, ORDINARY));
    const jaeger = `http://127.0.0.1:${ports.query}`;
    for (const traceId of sent) await until('Jaeger has each', async () => (await traceOf(jaeger, traceId)).size === 1);
  }, 60_000);
});
