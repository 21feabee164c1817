import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as names from '../services/kit/telemetry/names';
import { metricEntry, prometheusName, REGISTRY, registryTable, seriesNames, whyRefused } from './registry';

const attributes = [...REGISTRY.attributes, ...REGISTRY.resource].map(({ name }) => name);
const metrics = REGISTRY.metrics.map(({ name }) => name);

describe('the registry', () => {
  test('has every name once', () => {
    expect(new Set(attributes).size).toBe(attributes.length);
    expect(new Set(metrics).size).toBe(metrics.length);
    expect(new Set(REGISTRY.metrics.flatMap(seriesNames)).size).toBe(REGISTRY.metrics.flatMap(seriesNames).length);
  });

  test('has every name of the kit', () => {
    const values = { ...names, CONVENTIONS_VERSION: '', OTHER_METHOD: '' };
    const texts = Object.values(values).filter((value) => typeof value === 'string' && value !== '');
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.filter((name) => ![...attributes, ...metrics].includes(name as string))).toEqual([]);
  });

  test('describes the attributes of its spans and metrics', () => {
    const used = [...REGISTRY.spans, ...REGISTRY.metrics].flatMap((entry) => entry.attributes);
    expect(used.filter((name) => !attributes.includes(name))).toEqual([]);
    expect(
      attributes.filter((name) => ![...used, ...REGISTRY.resource.map((each) => each.name)].includes(name)),
    ).toEqual([]);
  });

  test('has a description for each, and examples among its values', () => {
    for (const { name, description, values, examples } of [...REGISTRY.attributes, ...REGISTRY.resource]) {
      expect([name, description]).toEqual([name, expect.stringMatching(/^[A-Z].*\.$/)]);
      expect([name, examples.length > 0]).toEqual([name, true]);
      if (typeof values !== 'string')
        expect([name, examples.filter((each) => !values.includes(each))]).toEqual([name, []]);
    }
    for (const { name, description } of [...REGISTRY.metrics, ...REGISTRY.spans])
      expect([name, description]).toEqual([name, expect.stringMatching(/^[A-Z].*\.$/)]);
  });

  test('refuses none of its own names', () => {
    expect(attributes.filter((name) => whyRefused(name) !== undefined)).toEqual([]);
  });
});

test.each([
  ['rpc.server.call.duration', 'rpc_server_call_duration_seconds'],
  ['weft.rpc.server.messages', 'weft_rpc_server_messages_total'],
  ['weft.rpc.server.active_calls', 'weft_rpc_server_active_calls'],
  ['weft.rpc.server.refused_calls', 'weft_rpc_server_refused_calls_total'],
  ['nodejs.eventloop.utilization', 'nodejs_eventloop_utilization_ratio'],
  ['nodejs.eventloop.time', 'nodejs_eventloop_time_seconds_total'],
  ['nodejs.eventloop.delay.p99', 'nodejs_eventloop_delay_p99_seconds'],
  ['v8js.memory.heap.used', 'v8js_memory_heap_used_bytes'],
  ['db.client.connection.count', 'db_client_connection_count'],
  ['traces.span.metrics.calls', 'traces_span_metrics_calls_total'],
  ['istio_request_duration_milliseconds', 'istio_request_duration_milliseconds'],
])('%s is %s in Prometheus', (name, expected) => {
  expect(prometheusName(metricEntry(name))).toBe(expected);
});

// `npm run golden` rewrites it.
test('docs/telemetry-names.md matches the registry', () => {
  const file = join(__dirname, '../docs/telemetry-names.md');
  if (process.env['WEFT_GOLDEN'] === 'write') writeFileSync(file, registryTable());
  expect(registryTable()).toBe(readFileSync(file, 'utf8'));
});
