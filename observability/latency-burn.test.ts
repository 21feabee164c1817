import { UserInfoService } from '../proto/gen/weft/user/v1/user_info_pb';
import { defineService } from '../services/kit/declaration';
import { describeWith } from './testing/programs';
import { type RuleCase, type Series, testRules } from './testing/promtool';
import { edge } from './testing/services';
import { prometheusRules } from './rules';

/** Minutes before the slow calls begin. */
const HEALTHY = 360;

/** After six good hours, some of 100 calls per minute are slow for an hour. */
function slow(bad: number, le: string, labels: string, metric = 'rpc_server_call_duration_seconds'): Series {
  const fast = 100 - bad;
  return {
    [`${metric}_count{${labels}}`]: `0+100x${HEALTHY + 60}`,
    [`${metric}_bucket{${labels},le="${le}"}`]: `0+100x${HEALTHY} ${100 * HEALTHY + fast}+${fast}x59`,
  };
}

const UNARY = 'service_name="users",rpc_method="weft.user.v1.UserInfoService/GetUserInfo"';
const STREAM = 'service_name="users",rpc_method="weft.user.v1.UserInfoService/StreamUsers"';
const RATIO = 'round(service:slo_misses:ratio_rate1h, 0.001)';
const PAGES = 'count by (slo) (ALERTS{alertname="WeftLatencyBurn",severity="page",alertstate="firing"})';
const at = `${HEALTHY + 60}m`;

const CASES: RuleCase[] = [
  {
    name: 'a fifth is slow: a page',
    series: slow(20, '0.3', UNARY),
    expect: [
      { at, expr: RATIO, samples: { '{service_name="users", slo="p99"}': 0.2 } },
      { at, expr: PAGES, samples: { '{slo="p99"}': 1 } },
    ],
  },
  { name: 'one in a hundred may be slow', series: slow(1, '0.3', UNARY), expect: [{ at, expr: PAGES, samples: {} }] },
  {
    name: 'streams take as long as they last',
    series: { ...slow(0, '0.3', UNARY), ...slow(100, '0.3', STREAM) },
    expect: [{ at, expr: RATIO, samples: { '{service_name="users", slo="p99"}': 0 } }],
  },
  {
    name: 'pods whose histogram has no such bucket cannot tell, and do not count',
    series: {
      ...slow(20, '0.3', `${UNARY},service_version="v2"`),
      [`rpc_server_call_duration_seconds_count{${UNARY},service_version="v1"}`]: '0+1000x420',
      [`rpc_server_call_duration_seconds_bucket{${UNARY},service_version="v1",le="0.25"}`]: '0+1000x420',
    },
    expect: [
      { at, expr: RATIO, samples: { '{service_name="users", slo="p99"}': 0.2 } },
      { at, expr: 'ALERTS{alertname="WeftObjectiveUnmeasured"}', samples: {} },
    ],
  },
  {
    name: 'no pod can tell: that is said',
    series: slow(20, '0.25', UNARY),
    expect: [
      { at, expr: RATIO, samples: {} },
      {
        at,
        expr: 'count by (service_name, slo) (ALERTS{alertname="WeftObjectiveUnmeasured",alertstate="firing"})',
        samples: { '{service_name="users", slo="p99"}': 1 },
      },
    ],
  },
];

describeWith(['promtool'], 'burn rates of latency', () => {
  const users = defineService({ name: 'users', serves: UserInfoService, slo: { latency: { p99: '300ms' } } });
  test.each(CASES)('$name', (each) => testRules(prometheusRules([users]), [each], '10m'), 60_000);

  test.each(['1', '1.0'])('a limit of a whole second is le="%s"', (le) => {
    const whole = defineService({ name: 'users', serves: UserInfoService, slo: { latency: { p99: '1s' } } });
    const expect = [{ at, expr: RATIO, samples: { '{service_name="users", slo="p99"}': 0.3 } }];
    testRules(prometheusRules([whole]), [{ name: le, series: slow(30, le, UNARY), expect }], '10m');
  });
});

const HTTP = 'http_server_request_duration_seconds';

function requests(route: string, status = '200'): string {
  return `service_name="edge",http_request_method="GET",http_route="${route}",http_response_status_code="${status}"`;
}

describeWith(['promtool'], 'burn rates of an HTTP service', () => {
  const search = requests('/v1/rag/{rag_code}/search');
  const events = requests('/v1/rag/{rag_code}/search:stream');
  const probes = requests('/readyz', '503');

  test.each<RuleCase>([
    {
      name: 'answers of 500 and above are failures, 404 and probes are not',
      series: {
        [`${HTTP}_count{${search}}`]: '0+80x120',
        [`${HTTP}_count{${requests('', '404')}}`]: '0+10x120',
        [`${HTTP}_count{${requests('/v1/users/{user_id}', '503')}}`]: '0+10x120',
        [`${HTTP}_count{${probes}}`]: '0+1000x120',
      },
      expect: [
        {
          at: '2h',
          expr: 'round(service:slo_misses:ratio_rate1h{slo="availability"}, 0.001)',
          samples: { '{service_name="edge", slo="availability"}': 0.1 },
        },
        {
          at: '2h',
          expr: 'count by (severity) (ALERTS{alertname="WeftAvailabilityBurn",severity="page",alertstate="firing"})',
          samples: { '{severity="page"}': 2 },
        },
      ],
    },
    {
      name: 'routes that stream have no latency, and half may be slow before anybody is told',
      series: { ...slow(40, '0.75', search, HTTP), ...slow(100, '0.75', events, HTTP) },
      expect: [
        {
          at,
          expr: 'round(service:slo_misses:ratio_rate1h{slo="p50"}, 0.001)',
          samples: { '{service_name="edge", slo="p50"}': 0.4 },
        },
        { at, expr: 'ALERTS{alertname="WeftLatencyBurn"}', samples: {} },
      ],
    },
  ])('$name', (each) => testRules(prometheusRules([edge]), [each], '10m'), 60_000);
});
