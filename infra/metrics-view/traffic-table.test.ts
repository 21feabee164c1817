import pc from 'picocolors';
import { widthOf } from '../terminal/width';
import { between, histogram, rpc } from './testing/histograms';
import { rowsOf, type SortKey } from './traffic';
import { formatTraffic, trafficJson } from './traffic-table';

const MANY = between(
  [],
  [
    histogram(rpc('fast', 0), [3_000, 3_000, 3_000]),
    histogram(rpc('slow', 0), [0, 100, 100]),
    histogram(rpc('broken', 0), [60, 60, 60]),
    histogram(rpc('broken', 0, 'UNAVAILABLE'), [20, 20, 20]),
    histogram(rpc('idle', 0), [0, 0, 0]),
  ],
);

test.each<[SortKey, string]>([
  ['rate', 'fast'],
  ['errors', 'broken'],
  ['latency', 'slow'],
])('rows are sorted by %s, those without calls last', (sort, first) => {
  const services = rowsOf(MANY, sort).map(({ service }) => service);
  expect([services[0], services[3]]).toEqual([first, 'idle']);
});

const draw = (width: number, maxRows = 10, service?: string): string =>
  `\n${formatTraffic(MANY, { terminal: { width, colors: pc.createColors(false) }, sort: 'rate', service, maxRows }).join('\n')}\n`;

describe('the table', () => {
  test('of 80 columns', () => {
    expect(draw(80)).toBe(`
service  method      calls/s  errors      p50      p95      p99
fast     fast/Get        300   0.0 %  5.00 ms  9.50 ms  9.90 ms
slow     slow/Get       10.0   0.0 %  55.0 ms  95.5 ms  99.1 ms
broken   broken/Get     8.00  25.0 %  5.00 ms  9.50 ms  9.90 ms
idle     idle/Get          -       -        -        -        -
total                    318   0.6 %  5.16 ms  9.81 ms  71.4 ms
`);
  });

  test('of 40 columns', () => {
    expect(draw(40)).toBe(`
me…od  calls/s  errors      p95      p99
fa…et      300   0.0 %  9.50 ms  9.90 ms
sl…et     10.0   0.0 %  95.5 ms  99.1 ms
br…et     8.00  25.0 %  9.50 ms  9.90 ms
id…et        -       -        -        -
total      318   0.6 %  9.81 ms  71.4 ms
`);
  });

  test('of one service, with its own total', () => {
    expect(draw(80, 10, 'slow').trim().split('\n').slice(1)).toEqual([
      'slow     slow/Get     10.0   0.0 %  55.0 ms  95.5 ms  99.1 ms',
      'total                 10.0   0.0 %  55.0 ms  95.5 ms  99.1 ms',
    ]);
  });

  test('counts the rows that do not fit', () => {
    expect(draw(80, 2).trim().split('\n').slice(3, 4)).toEqual(['… 2 more']);
  });

  test('as JSON has null without calls', () => {
    const { methods, total } = trafficJson(MANY, 'rate', undefined, new Date(0)) as {
      methods: object[];
      total: object;
    };
    expect(methods[3]).toEqual({
      service: 'idle',
      method: 'weft.x.v1.idle/Get',
      rate: 0,
      errorShare: null,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
    });
    expect(total).toMatchObject({ rate: 318 });
    expect(JSON.stringify(total)).not.toContain('service');
  });

  test.each([50, 60, 72, 80, 120])('is no wider than %i columns, however long the names are', (width) => {
    const long = between([], [histogram(rpc('a-service-with-a-very-long-name-indeed', 0), [1, 1, 1])]);
    const lines = formatTraffic(long, {
      terminal: { width, colors: pc.createColors(false) },
      sort: 'rate',
      service: undefined,
      maxRows: 5,
    });
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
  });
});
