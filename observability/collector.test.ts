import { type Backend, collectorConfig, type CollectorSettings } from './collector';
import { edge, users } from './testing/services';
import { spanBoundsOf } from './span-bounds';

const JAEGER: Backend = { name: 'jaeger', endpoint: 'jaeger.telemetry:4317', signals: ['traces'] };
const settings: CollectorSettings = { backends: [JAEGER], sampling: { share: 10, slowSeconds: 0.5 } };

type Pipelines = Readonly<
  Record<
    string,
    {
      readonly receivers: string[];
      readonly processors: string[];
      readonly exporters: string[];
    }
  >
>;

function pipelinesOf(more: Partial<CollectorSettings> = {}): Pipelines {
  return collectorConfig({ ...settings, ...more }).service['pipelines'] as Pipelines;
}

describe('a collector', () => {
  test('counts spans before it samples traces', () => {
    const pipelines = pipelinesOf();
    expect(pipelines['traces/in']?.exporters).toEqual(['span_metrics', 'forward']);
    expect(pipelines['traces/in']?.processors).not.toContain('tail_sampling');
    expect(pipelines['traces/kept']).toEqual({
      receivers: ['forward'],
      processors: ['tail_sampling', 'batch'],
      exporters: ['otlp_grpc/jaeger'],
    });
  });

  test('refers only to components that it defines', () => {
    const config = collectorConfig(settings);
    const defined = Object.keys({
      ...config.receivers,
      ...config.processors,
      ...config.connectors,
      ...config.exporters,
    });
    const named = Object.values(pipelinesOf()).flatMap((each) =>
      [each.receivers, each.processors, each.exporters].flat(),
    );
    expect(new Set(named)).toEqual(new Set(defined));
  });

  test('limits its memory first in every receiving pipeline', () => {
    for (const { receivers, processors } of Object.values(pipelinesOf()))
      if (receivers.includes('otlp')) expect(processors[0]).toBe('memory_limiter');
  });

  test('keeps errors, slow traces and a share of the rest', () => {
    const names = (share: number): unknown => {
      const { tail_sampling: sampling } = collectorConfig({
        ...settings,
        sampling: { share, slowSeconds: 0.5 },
      }).processors;
      return (sampling as { policies: { name: string }[] }).policies.map(({ name }) => name);
    };
    expect(names(10)).toEqual(['errors', 'slow', 'share']);
    expect(names(0)).toEqual(['errors', 'slow']);
  });

  test('has the limits of objectives as buckets', () => {
    const { span_metrics: spans } = collectorConfig({ ...settings, bounds: spanBoundsOf([users, edge]) }).connectors;
    const { buckets } = (spans as { histogram: { explicit: { buckets: string[] } } }).histogram.explicit;
    expect(buckets).toEqual(expect.arrayContaining(['5000us', '300000us', '750000us', '10000000us']));
    expect(new Set(buckets).size).toBe(buckets.length);
  });

  test('prints access logs unless a backend takes them', () => {
    expect(pipelinesOf()['logs']?.exporters).toEqual(['debug']);
    const logs: Backend = { name: 'logs', endpoint: 'logs.example.com:4317', signals: ['logs'], tls: true };
    expect(pipelinesOf({ backends: [JAEGER, logs] })['logs']?.exporters).toEqual(['otlp_grpc/logs']);
  });

  test('sends to other backends the signals they take, encrypted if set', () => {
    const headers = { authorization: 'Bearer ${env:TOKEN}' };
    const other: Backend = {
      name: 'other',
      endpoint: 'otlp.example.com:443',
      signals: ['traces', 'metrics'],
      tls: true,
      headers,
    };
    const config = collectorConfig({ ...settings, backends: [JAEGER, other] });
    expect(config.exporters).toMatchObject({
      'otlp_grpc/jaeger': { endpoint: 'jaeger.telemetry:4317', tls: { insecure: true } },
      'otlp_grpc/other': { endpoint: 'otlp.example.com:443', tls: { insecure: false }, headers },
    });
    expect(pipelinesOf({ backends: [JAEGER, other] })).toMatchObject({
      'traces/kept': { exporters: ['otlp_grpc/jaeger', 'otlp_grpc/other'] },
      metrics: { exporters: ['prometheus', 'otlp_grpc/other'] },
    });
  });

  test('counts spans without a backend for traces', () => {
    const pipelines = pipelinesOf({ backends: [] });
    expect(pipelines['traces/in']?.exporters).toEqual(['span_metrics']);
    expect(pipelines['traces/kept']).toBeUndefined();
  });

  test.each<[string, Partial<CollectorSettings>, string]>([
    ['a share above all', { sampling: { share: 101, slowSeconds: 1 } }, 'sampling.share 101 is out of range'],
    ['a share that is not a number', { sampling: { share: NaN, slowSeconds: 1 } }, 'sampling.share NaN'],
    ['a threshold of 0', { sampling: { share: 1, slowSeconds: 0 } }, 'sampling.slowSeconds 0 is out of range'],
    ['too little memory', { memoryMib: 1 }, 'memoryMib 1 is too little'],
    ['two backends with one name', { backends: [JAEGER, JAEGER] }, 'must have different names'],
    ['a URL', { backends: [{ ...JAEGER, endpoint: 'http://jaeger:4317' }] }, 'is not host:port'],
  ])('refuses %s', (_, more, message) => {
    expect(() => collectorConfig({ ...settings, ...more })).toThrow(message);
  });
});
