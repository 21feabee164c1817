import { describeWith } from './testing/programs';
import { type RuleCase, type Series, testRules } from './testing/promtool';
import { UserInfoService } from '../proto/gen/weft/user/v1/user_info_pb';
import { defineService } from '../services/kit/declaration';
import { prometheusRules } from './rules';

const GET_USER = 'weft.user.v1.UserInfoService/GetUserInfo';
const UPDATE_USER = 'weft.user.v1.UserInfoService/UpdateUserInfo';
const COUNT = 'rpc_server_call_duration_seconds_count';

/** Three days: the longest window. */
const HEALTHY = 4_320;

/** Evaluating every minute of three days takes long. */
const EVERY = '20m';

/** Calls per minute, for some minutes each. */
type Phases = readonly (readonly [perMinute: number, minutes: number])[];

function counter(phases: Phases): string {
  let value = 0;
  const runs = phases.map(([perMinute, minutes], i) => {
    const from = i === 0 ? 0 : value + perMinute;
    const steps = i === 0 ? minutes : minutes - 1;
    value = from + perMinute * steps;
    return `${from}+${perMinute}x${steps}`;
  });
  return runs.join(' ');
}

function status(code: string, method = UPDATE_USER, pod = 'a'): string {
  return `${COUNT}{service_name="users",rpc_method="${method}",rpc_response_status_code="${code}",service_instance_id="${pod}"}`;
}

/** After three good days, a share of 1000 calls per minute fails for some minutes, then none. */
function failing(share: number, minutes: number, after = 0): Series {
  const bad = 1_000 * share;
  return {
    [status('OK')]: counter([
      [1_000, HEALTHY],
      [1_000 - bad, minutes],
      ...(after > 0 ? [[1_000, after] as const] : []),
    ]),
    [status('INTERNAL')]: counter([[0, HEALTHY], [bad, minutes], ...(after > 0 ? [[0, after] as const] : [])]),
  };
}

const FIRING =
  'sum by (severity, window) (ALERTS{alertname="WeftAvailabilityBurn",slo="availability",method="",alertstate="firing"})';

function firing(at: string, ...alerts: string[]): RuleCase['expect'][number] {
  return { at, expr: FIRING, samples: Object.fromEntries(alerts.map((labels) => [labels, 1])) };
}

const PAGE_1H = '{severity="page", window="1h"}';
const PAGE_6H = '{severity="page", window="6h"}';
const TICKET_1D = '{severity="ticket", window="1d"}';
const TICKET_3D = '{severity="ticket", window="3d"}';

const minutes = (count: number) => `${HEALTHY + count}m`;

const CASES: RuleCase[] = [
  {
    name: 'six in a hundred fail for 20 minutes: a page by the last hour, until five minutes after the end',
    series: failing(0.06, 20, 60),
    expect: [firing(minutes(0)), firing(minutes(20), PAGE_1H), firing(minutes(40))],
  },
  {
    name: 'one in a hundred fails for four hours: a page by the last six, until half an hour after the end',
    series: failing(0.01, 240, 60),
    expect: [firing(minutes(240), PAGE_6H), firing(minutes(280))],
  },
  {
    name: 'four in a thousand fail for 20 hours: tickets by the last day and three',
    series: failing(0.004, 1_200),
    expect: [firing(minutes(600)), firing(minutes(1_200), TICKET_1D, TICKET_3D)],
  },
  {
    name: 'three in two thousand fail for 60 hours: a ticket by the last three days',
    series: failing(0.0015, 3_600),
    expect: [firing(minutes(3_600), TICKET_3D)],
  },
  { name: 'fewer fail than may', series: failing(0.0009, 3_600), expect: [firing(minutes(3_600))] },
  { name: 'nothing is there', series: {}, expect: [firing('2h')] },
  {
    name: 'nobody calls',
    series: { [status('OK')]: '100x180', [status('INTERNAL')]: '50x180' },
    expect: [firing('3h'), { at: '3h', expr: 'service:slo_misses:ratio_rate1h', samples: {} }],
  },
  {
    name: 'six calls an hour, and one fails',
    series: { [status('OK')]: counter([[0.1, 360]]), [status('INTERNAL')]: '0x330 1x30' },
    expect: [firing('340m'), firing('360m')],
  },
  {
    name: 'six calls an hour, and all fail',
    series: { [status('INTERNAL')]: counter([[0.1, 120]]) },
    expect: [firing('20m'), firing('2h', PAGE_1H, PAGE_6H, TICKET_1D, TICKET_3D)],
  },
  {
    name: 'answers that are not failures of the server',
    series: Object.fromEntries(
      ['NOT_FOUND', 'PERMISSION_DENIED', 'INVALID_ARGUMENT', 'RESOURCE_EXHAUSTED', 'CANCELLED'].map((code) => [
        status(code),
        counter([[100, 120]]),
      ]),
    ),
    expect: [firing('2h')],
  },
  {
    name: 'what no caller came for',
    series: {
      [status('OK')]: counter([[100, 120]]),
      [status('UNIMPLEMENTED', '_OTHER')]: counter([[100, 120]]),
      [status('UNAVAILABLE', 'grpc.health.v1.Health/Check')]: counter([[100, 120]]),
    },
    expect: [firing('2h')],
  },
  {
    name: 'a pod that starts anew counts from zero',
    series: { [status('OK')]: '0+100x60 0+100x60', [status('INTERNAL')]: '5x60 0x60' },
    expect: [firing('80m'), firing('2h')],
  },
  {
    name: 'one method fails, which is little for the service',
    series: {
      [status('OK', UPDATE_USER)]: counter([[10_000, 120]]),
      [status('OK', GET_USER)]: counter([[90, 120]]),
      [status('INTERNAL', GET_USER)]: counter([[5, 120]]),
    },
    expect: [
      firing('2h'),
      {
        at: '2h',
        expr: 'count by (method, slo) (ALERTS{alertstate="firing",severity="page",method!=""})',
        samples: { '{method="getUserInfo", slo="availability"}': 2 },
      },
    ],
  },
];

describeWith(['promtool'], 'burn rates of availability', () => {
  const slo = { availability: '99.9%', methods: { getUserInfo: { availability: '99.95%' } } } as const;
  const rules = prometheusRules([defineService({ name: 'users', serves: UserInfoService, slo })]);
  test.each(CASES)('$name', (each) => testRules(rules, [each], EVERY), 120_000);

  test('match the traffic', () => {
    const series = { ...failing(0.02, 120), [status('INTERNAL', UPDATE_USER, 'b')]: `_x${HEALTHY} 0+20x120` };
    const expr = 'round(service:slo_misses:ratio_rate1h{slo="availability"}, 0.0001)';
    const labels = 'service_name="users", slo="availability"';
    testRules(
      rules,
      [{ name: 'ratio', series, expect: [{ at: minutes(120), expr, samples: { [`{${labels}}`]: 0.0392 } }] }],
      EVERY,
    );
  });
});
