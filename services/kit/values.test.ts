import { between, check, list, text } from './check';
import { type Duration, parseDuration } from './duration';
import { targetOf, targetVariable } from './target';
import { toTimestamp } from './timestamp';

test.each([
  ['250ms', 250],
  ['2s', 2_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
])('the duration %s is %d ms', (duration, ms) => {
  expect(parseDuration(duration)).toBe(ms);
});

test.each(['', '2', 's', '-1s', '2 s', '1d', '1e3s'])('"%s" is no duration', (duration) => {
  expect(() => parseDuration(duration as Duration)).toThrow('is no duration');
});

test.each([
  ['2026-01-01T00:00:00.000Z', { seconds: '1767225600', nanos: 0 }],
  ['2026-01-01T00:00:00.123Z', { seconds: '1767225600', nanos: 123_000_000 }],
  ['1969-12-31T23:59:59.900Z', { seconds: '-1', nanos: 900_000_000 }],
])('the date %s is a Timestamp', (date, timestamp) => {
  expect(toTimestamp(new Date(date))).toEqual(timestamp);
});

describe('a target', () => {
  test('is the name in the cluster', () => {
    expect(targetOf('user-info', 'weft', {})).toBe('dns:///user-info.weft.svc.cluster.local:50051');
  });

  test('is what the environment says, where it says something', () => {
    expect(targetVariable('user-info')).toBe('USER_INFO_GRPC_URL');
    expect(targetOf('user-info', 'weft', { USER_INFO_GRPC_URL: 'ipv4:127.0.0.1:1' })).toBe('ipv4:127.0.0.1:1');
    expect(targetOf('user-info', 'weft', { USER_INFO_GRPC_URL: '' })).toContain('dns:///');
  });
});

describe('a check', () => {
  test.each([
    ['text', text(''), 'must not be empty'],
    ['blank text', text(' \n'), 'must not be empty'],
    ['missing text', text(undefined), 'must not be empty'],
    ['long text', text('abc', 2), 'must be at most 2 characters long'],
    ['a number too low', between(-1, 0, 5), 'must be from 0 to 5'],
    ['a number too high', between(6, 0, 5), 'must be from 0 to 5'],
    ['no number', between(NaN, 0, 5), 'must be from 0 to 5'],
    ['an empty list', list([], 2), 'must have from 1 to 2 items'],
    ['a long list', list([1, 2, 3], 2), 'must have from 1 to 2 items'],
  ])('finds %s', (_, violation, sentence) => {
    expect(violation).toBe(sentence);
  });

  test('lets through what is right, bounds included', () => {
    expect([text('a'), text('ab', 2), between(0, 0, 5), between(5, 0, 5), list([1, 2], 2)]).toEqual(
      Array(5).fill(undefined),
    );
    expect(() => check({ a: undefined })).not.toThrow();
  });

  test('refuses all fields at once', () => {
    const run = () => check({ name: text(''), size: undefined, limit: between(9, 0, 5) });
    expect(run).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        metadata: { name: 'must not be empty', limit: 'must be from 0 to 5' },
      }),
    );
  });
});
