import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { settings as kind } from './environments/kind/settings';
import { services } from '../services';
import { environment } from './testing/environment';
import { istioFilesOf } from './istio-install';

const FOLDER = join(__dirname, '../infra/cluster');

interface Operator {
  spec: { meshConfig: { extensionProviders: unknown[] }; components?: object };
}

const operatorOf = (settings: object): Operator =>
  load(istioFilesOf(environment(settings), []).get('istio-operator.yaml') ?? '') as Operator;

// `npm run golden` writes them again.
test.each([...istioFilesOf({ ...environment(), folder: 'charts/environments/kind', settings: kind }, services)])(
  'infra/cluster/%s is what the settings of kind say',
  (name, text) => {
    const file = join(FOLDER, name);
    if (process.env['WEFT_GOLDEN'] === 'write') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);

test('the providers have the names that settings say, and the collector where they say that it is', () => {
  const collector = { namespace: 'o11y', service: 'otel', ports: [4317] };
  const { spec } = operatorOf({ telemetry: { sampling: 1, tracing: 'spans', accessLog: 'lines', collector } });
  expect(spec.meshConfig.extensionProviders).toMatchObject([
    { name: 'spans', opentelemetry: { service: 'otel.o11y.svc.cluster.local', port: 4317 } },
    { name: 'lines', envoyFileAccessLog: { path: '/dev/stdout' } },
  ]);
});

test('a gateway has its secure port where one Prometheus reads the metrics, and is left as it is elsewhere', () => {
  const telemetry = environment().settings as { telemetry: object };
  expect(operatorOf({}).spec).not.toHaveProperty('components');
  const reader = { ...telemetry.telemetry, prometheus: { namespace: 'monitoring', account: 'prometheus' } };
  const text = JSON.stringify(operatorOf({ telemetry: reader }).spec.components);
  expect(text).toContain('{"name":"ENVOY_SECURE_MERGED_METRICS_PORT","value":"15092"}');
});

test('settings with faults are refused with all of them', () => {
  expect(() => istioFilesOf(environment({ policy: 'off' as 'audit', logLevel: 'loud' as 'info' }), [])).toThrow(
    new Error(
      [
        'no files for Istio were written:',
        '',
        'charts/environments/test/settings.ts  logLevel: "loud" is not supported',
        '  write trace or debug or info or warn or error or fatal or silent',
        '',
        'charts/environments/test/settings.ts  policy: "off" is not supported',
        '  write audit or enforce',
      ].join('\n'),
    ),
  );
});
