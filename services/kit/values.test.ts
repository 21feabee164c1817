import { type Duration, parseDuration } from './duration';
import { targetOf } from './target';
import { targetVariable } from './target-variable';
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
