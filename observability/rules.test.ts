import { Greeter } from '../proto/gen/weft/greeter/v1/greeter_pb';
import { UserInfoService } from '../proto/gen/weft/user/v1/user_info_pb';
import { UserService } from '../proto/gen/weft/user/v1/user_pb';
import { defineService, externalService } from '../services/kit/declaration';
import { describeWith } from './testing/programs';
import { checkRules, type RuleCase, testRules } from './testing/promtool';
import { edge, search, users } from './testing/services';
import type { AlertingRule, RecordingRule } from './rule-file';
import { prometheusRules, type RuleSettings } from './rules';

function alertsOf(specs: Parameters<typeof prometheusRules>[0], settings?: RuleSettings): AlertingRule[] {
  return prometheusRules(specs, settings).groups.flatMap(({ rules }) => rules.filter((rule) => 'alert' in rule));
}

function recordsOf(specs: Parameters<typeof prometheusRules>[0], settings?: RuleSettings): RecordingRule[] {
  return prometheusRules(specs, settings).groups.flatMap(({ rules }) => rules.filter((rule) => 'record' in rule));
}

describe('rules', () => {
  test('cover only telemetry if no service has objectives', () => {
    const { groups } = prometheusRules([search]);
    expect(groups.map(({ name }) => name)).toEqual(['weft-telemetry']);
  });

  test('record the targets of the service and of the method', () => {
    const targets = recordsOf([users]).filter(({ record }) => record.endsWith(':slo_target:ratio'));
    expect(targets).toEqual([
      {
        record: 'service:slo_target:ratio',
        expr: 'vector(0.999)',
        labels: { service_name: 'users', slo: 'availability' },
      },
      { record: 'service:slo_target:ratio', expr: 'vector(0.99)', labels: { service_name: 'users', slo: 'p99' } },
      {
        record: 'method:slo_target:ratio',
        expr: 'vector(0.9995)',
        labels: { service_name: 'users', method: 'getUserInfo', slo: 'availability' },
      },
      {
        record: 'method:slo_target:ratio',
        expr: 'vector(0.95)',
        labels: { service_name: 'users', method: 'getUserInfo', slo: 'p95' },
      },
    ]);
  });

  test('alert on the workbook’s burn rates', () => {
    const burns = alertsOf([users]).filter(({ labels }) => labels['slo'] === 'availability' && !labels['method']);
    expect(
      burns.map(({ expr, labels }) => [labels['severity'], labels['window'], / > ([\d.]+) /.exec(expr)?.[1]]),
    ).toEqual([
      ['page', '1h', '0.0144'],
      ['page', '6h', '0.006'],
      ['ticket', '1d', '0.003'],
      ['ticket', '3d', '0.001'],
    ]);
  });

  test('have no alert that can never fire', () => {
    const windows = alertsOf([edge])
      .filter(({ alert }) => alert === 'WeftLatencyBurn')
      .map(({ labels }) => labels['window']);
    // Half of the calls may be slow, so a burn rate above 2 is impossible.
    expect(windows).toEqual(['3d']);
  });

  test('say what is wrong, what the objective is, where to look and what to read', () => {
    const [burn] = alertsOf([users], { runbook: 'https://example.com/telemetry' }).filter(
      ({ labels }) => labels['method'],
    );
    expect(burn?.annotations).toEqual({
      summary: 'users, getUserInfo: {{ $value | humanizePercentage }} of calls in the last 1h did not succeed',
      description:
        'The objective is that 99.95% of calls succeed. At this rate the error budget of 30 days is used up ' +
        'in less than 2.1 days. Look at the dashboard of users and at its traces: weft trace --service users --errors',
      runbook_url: 'https://example.com/telemetry#availability-burns',
    });
  });

  test('select one of several environments in a Prometheus', () => {
    const records = recordsOf([users], { environment: 'staging' });
    expect(records.every(({ labels }) => labels?.['deployment_environment_name'] === 'staging')).toBe(true);
    const raw = records.filter(({ expr }) => expr.includes('rpc_server_call_duration'));
    expect(raw.every(({ expr }) => expr.includes('deployment_environment_name="staging"'))).toBe(true);
  });

  test('find a method under the names of several contracts', () => {
    const serves = { info: UserInfoService, accounts: UserService };
    const both = defineService({ name: 'both', serves, slo: { methods: { getUser: { availability: '99%' } } } });
    const [calls] = recordsOf([both]).filter(({ record }) => record === 'method:slo_calls:rate5m');
    expect(calls?.expr).toBe(
      'sum(rate(rpc_server_call_duration_seconds_count{service_name="both",' +
        'rpc_method="weft.user.v1.UserService/GetUser"}[5m]))',
    );
  });

  test('expect metrics of services with the kit, and of images with objectives', () => {
    const image = { serves: Greeter, image: 'ghcr.io/example/legacy' };
    const specs = [
      users,
      externalService({ name: 'rates', serves: Greeter, host: 'rates.example.com' }),
      defineService({ name: 'legacy', ...image }),
      defineService({ name: 'measured', ...image, slo: { availability: '99%' } }),
    ];
    const silent = alertsOf(specs).filter(({ alert }) => alert === 'WeftServiceSilent');
    expect(silent.map(({ labels }) => labels['service_name'])).toEqual(['users', 'measured']);
  });
});

function firing(alert: string, at: string, isFiring: boolean): RuleCase['expect'][number] {
  const expr = `count by (alertname) (ALERTS{alertname="${alert}",alertstate="firing"})`;
  return { at, expr, samples: isFiring ? { [`{alertname="${alert}"}`]: 1 } : {} };
}

describeWith(['promtool'], 'promtool', () => {
  test('takes the rules', () => {
    checkRules(prometheusRules([users, edge, search], { environment: 'kind' }));
  });

  const up = 'up{job="collector",instance="c:8889"}';
  const info = 'target_info{job="weft/users",instance="a"}';
  const failed = 'otelcol_exporter_send_failed_spans{job="collector-internal",exporter="otlp_grpc/jaeger"}';
  const refused = 'otelcol_receiver_refused_spans_total{job="collector-internal",receiver="otlp"}';
  test.each<RuleCase>([
    {
      name: 'all is well',
      series: { [up]: '1x60', [info]: '1x60', [failed]: '5x60', [refused]: '5x60' },
      expect: [
        'WeftServiceSilent',
        'WeftCollectorDown',
        'WeftTargetDown',
        'WeftCollectorRefuses',
        'WeftCollectorDrops',
      ].map((alert) => firing(alert, '1h', false)),
    },
    {
      name: 'a service stops reporting',
      series: { [up]: '1x60', [info]: '1x20 _x40' },
      expect: [firing('WeftServiceSilent', '20m', false), firing('WeftServiceSilent', '1h', true)],
    },
    {
      name: 'another service of a similar name still reports',
      series: { [up]: '1x60', 'target_info{job="weft/more-users"}': '1x60' },
      expect: [firing('WeftServiceSilent', '1h', true)],
    },
    {
      name: 'the collector is away: that is said once, and not of every service',
      series: { [up]: '1x20 0x40', [info]: '1x20 _x40' },
      expect: [firing('WeftCollectorDown', '1h', true), firing('WeftServiceSilent', '1h', false)],
    },
    { name: 'no collector is known', series: {}, expect: [firing('WeftCollectorDown', '1h', true)] },
    {
      name: 'a proxy is away',
      series: { [up]: '1x60', 'up{job="proxies",instance="p"}': '1x20 0x40' },
      expect: [firing('WeftTargetDown', '20m', false), firing('WeftTargetDown', '1h', true)],
    },
    {
      name: 'Jaeger is away',
      series: { [up]: '1x60', [failed]: '0x20 0+10x40' },
      expect: [firing('WeftCollectorDrops', '20m', false), firing('WeftCollectorDrops', '1h', true)],
    },
    {
      name: 'the collector is short of memory, for a while',
      series: { [up]: '1x90', [refused]: '0+10x40 400x50' },
      expect: [firing('WeftCollectorRefuses', '30m', true), firing('WeftCollectorRefuses', '90m', false)],
    },
  ])('$name', (each) => testRules(prometheusRules([users]), [each]), 60_000);
});
