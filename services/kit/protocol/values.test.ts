import { checkDeadline, type Duration, parseDuration } from '../declaration/duration';
import { targetOf } from '../client/target';
import { targetVariable } from '../declaration/target-variable';

test.each([
  ['250ms', 250],
  ['2s', 2_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['1.005s', 1_005],
  ['0.5ms', 0.5],
])('the duration %s is %d ms', (duration, ms) => {
  expect(parseDuration(duration)).toBe(ms);
});

test.each(['', '2', 's', '-1s', '2 s', '1d', '1e3s'])('"%s" is not a duration', (duration) => {
  expect(() => parseDuration(duration as Duration)).toThrow('is not a duration');
});

test.each(['1ms', '1.5s', '1.005s', '596h'])('%s can be a deadline', (duration) => {
  expect(checkDeadline(duration)).toBeUndefined();
});

test.each([
  ['1 hour', 'is not a duration; write for example'],
  ['0s', 'leaves no time to answer; write at least 1ms'],
  ['0.5ms', 'is not a whole number of milliseconds'],
  ['1.2345s', 'is not a whole number of milliseconds'],
  ['597h', 'is too long; write at most 24 days'],
  ['999999999999999h', 'is too long'],
])('%s cannot be a deadline: it %s', (duration, fault) => {
  const { message, fix } = checkDeadline(duration) ?? {};
  expect(`${message}; ${fix}`).toContain(`"${duration}" ${fault}`);
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
