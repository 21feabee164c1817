import { type AnswerServer, serveAnswers } from '../../telemetry-query/testing/answers';
import { type TelemetryProject, telemetryProject, type Written, written } from './testing/telemetry-project';
import { top, type TopOptions } from './top';

let here: TelemetryProject;
let store: AnswerServer;
let page: () => string;

beforeEach(async () => {
  here = telemetryProject();
  page = growing();
  store = await serveAnswers(({ pathname }) => (pathname === '/metrics' ? [200, page()] : [404, 'not here']));
  here.pretendToRun({ otlp: '', query: store.url, metrics: store.url });
});

afterEach(async () => {
  here.remove();
  await store.stop();
});

/** A page of metrics on which there are 100 calls more each time, of which 10 fail. */
function growing(): () => string {
  let times = 0;
  const labels = 'service_name="user-info",rpc_method="weft.user.v1.UserInfoService/GetUserInfo"';
  const name = 'rpc_server_call_duration_seconds';
  const series = (status: string, count: number): string =>
    ['0.005', '+Inf']
      .map((le) => `${name}_bucket{${labels},rpc_response_status_code="${status}",le="${le}"} ${count}\n`)
      .join('') + `${name}_count{${labels},rpc_response_status_code="${status}"} ${count}\n`;
  return () => series('OK', 90 * ++times) + series('INTERNAL', 10 * times);
}

const run = (options: Partial<TopOptions> = {}): Promise<Written> =>
  written(() =>
    top(() => here.project, { sort: 'rate', interval: '200ms', window: '200ms', once: true, json: false, ...options }),
  );

test('weft top --once counts calls for a while and prints a table', async () => {
  const { out, error } = await run();
  expect(error).toBe('counting calls for 0.2 s\n');
  const [, titles, row, total] = out.split('\n');
  expect(titles).toMatch(/^service +method +calls\/s +errors +p50 +p95 +p99$/);
  expect(row).toMatch(/^user-info +UserInfoService\/GetUserInfo +\d+ +10\.0 % +2\.50 ms +4\.75 ms +4\.95 ms$/);
  expect(total).toMatch(/^total +\d+ +10\.0 %/);
});

test('weft top -o json prints a line each time', async () => {
  const { out } = await run({ json: true });
  expect(JSON.parse(out)).toMatchObject({
    methods: [{ service: 'user-info', errorShare: 0.1, p50Ms: 2.5 }],
    total: { errorShare: 0.1 },
  });
  expect(out.trimEnd().split('\n')).toHaveLength(1);
});

test('without a terminal it prints tables one after another until it cannot any more', async () => {
  let reads = 0;
  const next = page;
  page = () => (++reads > 4 ? '<html>' : next());
  let all = '';
  const running = written(() =>
    top(() => here.project, { sort: 'rate', interval: '100ms', json: true }).catch((error: Error) => {
      all = error.message;
    }),
  );
  const { out } = await running;
  expect(out.trimEnd().split('\n')).toHaveLength(3);
  expect(all).toMatch(/\/metrics is not a page of metrics: line 1 is not in Prometheus's text format: <html>$/);
});

test('a service without calls has a - and never a NaN', async () => {
  const { out } = await ((page = (
    (text) => () =>
      text
  )(page())),
  run());
  expect(out).toMatch(/^user-info +UserInfoService\/GetUserInfo +- +- +- +- +-$/m);
  expect(out).not.toContain('NaN');
});

test.each<[string, () => void, Partial<TopOptions>, RegExp]>([
  [
    'nothing runs',
    () => here.remove(),
    {},
    /^nothing runs here; run npm start in another terminal, or give --prometheus URL$/,
  ],
  [
    'there are no metrics',
    () => here.pretendToRun({ otlp: 'http://c:4318', query: 'x' }),
    {},
    /sends its telemetry to http:\/\/c:4318; give --prometheus URL/,
  ],
  ['another server is there', () => (page = () => '<html>'), {}, /is not a page of metrics: line 1/],
  ['the interval is no duration', () => undefined, { interval: 'often' }, /^"often" is not a duration/],
  [
    'the interval is too short',
    () => undefined,
    { interval: '1ms' },
    /^--interval 1ms is too short; write at least 100ms$/,
  ],
  ['the window is no duration', () => undefined, { window: 'long' }, /^"long" is not a duration/],
])('weft top says what is wrong where %s', async (_, prepare, options, message) => {
  prepare();
  await expect(run(options)).rejects.toThrow(message);
});

describe('with --prometheus', () => {
  let prometheus: AnswerServer | undefined;
  afterEach(() => prometheus?.stop());

  test.each<[string, [number, unknown], RegExp]>([
    ['another server', [200, '<html>'], /is not Prometheus: HTTP 200 without JSON$/],
    ['another API', [404, { message: 'no' }], /is not Prometheus: HTTP 404$/],
    [
      'a Prometheus that refuses',
      [400, { status: 'error', error: 'parse error' }],
      /^Prometheus at .* refuses the question: parse error$/,
    ],
  ])('it says that there is %s', async (_, answer, message) => {
    prometheus = await serveAnswers(() => answer);
    await expect(run({ prometheus: prometheus.url })).rejects.toThrow(message);
  });
});
