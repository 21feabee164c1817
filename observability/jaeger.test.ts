import { jaegerConfig, jaegerUi } from './jaeger';

describe('Jaeger', () => {
  test('limits the traces in memory', () => {
    expect(jaegerConfig({ storage: { maxTraces: 50_000 } }).extensions).toMatchObject({
      jaeger_storage: { backends: { traces: { memory: { max_traces: 50_000 } } } },
    });
  });

  test('limits the age of traces in files', () => {
    expect(jaegerConfig({ storage: { folder: '/data', hours: 48 } }).extensions).toMatchObject({
      jaeger_storage: {
        backends: {
          traces: { badger: { directories: { keys: '/data/keys', values: '/data/values' }, ttl: { spans: '48h' } } },
        },
      },
    });
  });

  test('shows rates and durations with a Prometheus', () => {
    const { extensions } = jaegerConfig({
      storage: { maxTraces: 1 },
      prometheus: 'http://prometheus:9090',
      uiFile: '/ui.json',
    });
    expect(extensions).toMatchObject({
      jaeger_query: { storage: { traces: 'traces', metrics: 'metrics' }, ui: { config_file: '/ui.json' } },
      jaeger_storage: {
        metric_backends: { metrics: { prometheus: { endpoint: 'http://prometheus:9090', latency_unit: 's' } } },
      },
    });
    expect(jaegerUi()).toMatchObject({ monitor: { menuEnabled: true } });
  });

  test('has no such page without one', () => {
    const { extensions } = jaegerConfig({ storage: { maxTraces: 1 } });
    expect(extensions['jaeger_query']).toMatchObject({ storage: { traces: 'traces' } });
    expect(JSON.stringify(extensions)).not.toContain('metric_backends');
  });

  test.each([
    [{ storage: { maxTraces: 0 } }, 'storage.maxTraces 0 is out of range; write a whole number above 0'],
    [{ storage: { folder: '/data', hours: NaN } }, 'storage.hours NaN is out of range; write a whole number above 0'],
    [{ storage: { maxTraces: 1 }, prometheus: 'prometheus:9090' }, 'prometheus "prometheus:9090" is not a URL'],
  ])('refuses %j', (settings, message) => {
    expect(() => jaegerConfig(settings)).toThrow(message);
  });
});
