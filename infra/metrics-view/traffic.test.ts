import { between, histogram, rpc } from './testing/histograms';
import { joinTraffic, rowsOf, totalOf } from './traffic';

describe('the calls between two scrapes', () => {
  test('of all pods and statuses of a method are added up', () => {
    const before = [histogram(rpc('a', 0), [10, 10, 10]), histogram(rpc('a', 1), [5, 5, 5])];
    const after = [
      histogram(rpc('a', 0), [20, 30, 30]),
      histogram(rpc('a', 1), [15, 15, 15]),
      histogram(rpc('a', 1, 'INTERNAL'), [0, 0, 10]),
    ];
    const [row] = rowsOf(between(before, after), 'rate');
    expect(row).toMatchObject({ service: 'a', method: 'weft.x.v1.a/Get', rate: 4, errorShare: 0.25 });
    expect(row?.p50).toBeCloseTo(0.01, 10);
    expect(row?.p99).toBe(0.1);
  });

  test('of a restarted process are all its calls', () => {
    const traffic = between([histogram(rpc('a', 0), [50, 90, 100])], [histogram(rpc('a', 0), [10, 10, 10])]);
    expect(rowsOf(traffic, 'rate')[0]).toMatchObject({ rate: 1, p95: expect.closeTo(0.0095, 10) });
  });

  test('of a new pod are all its calls, of a deleted pod none', () => {
    const traffic = between([histogram(rpc('a', 0), [10, 10, 10])], [histogram(rpc('b', 0), [20, 20, 20])]);
    expect(rowsOf(traffic, 'rate').map(({ service, rate }) => [service, rate])).toEqual([['b', 2]]);
  });

  test('of HTTP are those of a method and a route, and 5xx are failures', () => {
    const http = (status: number): string =>
      `service_name="gateway",http_request_method="GET",http_route="/v1/{id}",http_response_status_code="${status}"`;
    const name = 'http_server_request_duration_seconds';
    const traffic = between(
      [],
      [
        histogram(http(200), [10, 10, 10], name),
        histogram(http(404), [5, 5, 5], name),
        histogram(http(503), [5, 5, 5], name),
      ],
    );
    expect(rowsOf(traffic, 'rate')).toMatchObject([
      { service: 'gateway', method: 'GET /v1/{id}', rate: 2, errorShare: 0.25 },
    ]);
  });

  test.each(['UNKNOWN', 'DEADLINE_EXCEEDED', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS'])(
    '%s is a failure of the server',
    (status) => {
      expect(totalOf(between([], [histogram(rpc('a', 0, status), [1, 1, 1])])).errorShare).toBe(1);
    },
  );

  test.each(['OK', 'NOT_FOUND', 'INVALID_ARGUMENT', 'CANCELLED', 'RESOURCE_EXHAUSTED'])(
    '%s is not a failure',
    (status) => {
      expect(totalOf(between([], [histogram(rpc('a', 0, status), [1, 1, 1])])).errorShare).toBe(0);
    },
  );

  test('without new calls are empty', () => {
    const same = [histogram(rpc('a', 0), [10, 10, 10])];
    expect(rowsOf(between(same, same), 'rate')).toEqual([
      {
        service: 'a',
        method: 'weft.x.v1.a/Get',
        rate: 0,
        errorShare: undefined,
        p50: undefined,
        p95: undefined,
        p99: undefined,
      },
    ]);
  });

  test('of several periods are joined', () => {
    const one = between([], [histogram(rpc('a', 0), [10, 10, 10])], 1_000);
    const two = between([], [histogram(rpc('a', 0), [0, 10, 10])], 4_000);
    expect(totalOf(joinTraffic([one, two]))).toMatchObject({ rate: 4, p50: expect.closeTo(0.01, 10) });
  });
});
