import { quantile } from './quantile';

const INF = Infinity;

// https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
test.each<[string, number, [number, number][], number | undefined]>([
  [
    'is spread evenly over its bucket',
    0.5,
    [
      [0.1, 0],
      [0.2, 10],
      [INF, 10],
    ],
    0.15,
  ],
  [
    'of the first bucket begins at 0',
    0.5,
    [
      [0.1, 10],
      [INF, 10],
    ],
    0.05,
  ],
  [
    'beyond the last bound is that bound',
    0.99,
    [
      [0.1, 5],
      [0.2, 6],
      [INF, 100],
    ],
    0.2,
  ],
  [
    'of a first bucket that is not above 0 is its bound',
    0.1,
    [
      [-1, 10],
      [INF, 10],
    ],
    -1,
  ],
  [
    'ignores a count that is below that of the bucket before',
    0.9,
    [
      [0.1, 10],
      [0.2, 9],
      [INF, 10],
    ],
    0.09,
  ],
  [
    'does not depend on the order of buckets',
    0.5,
    [
      [INF, 10],
      [0.2, 10],
      [0.1, 0],
    ],
    0.15,
  ],
  [
    'of no observations',
    0.5,
    [
      [0.1, 0],
      [INF, 0],
    ],
    undefined,
  ],
  ['of no buckets', 0.5, [], undefined],
  [
    'without the bucket +Inf',
    0.5,
    [
      [0.1, 1],
      [0.2, 2],
    ],
    undefined,
  ],
])('a quantile %s', (_, q, buckets, expected) => {
  const found = quantile(q, new Map(buckets));
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toBeCloseTo(expected, 10);
});
