import { deadlineOf } from './deadline';

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => jest.useRealTimers());

test('without the header there is no deadline', () => {
  expect(deadlineOf(undefined)).toBeUndefined();
});

test.each([
  ['1H', 3_600_000],
  ['2M', 120_000],
  ['3S', 3_000],
  ['500m', 500],
  ['00000500m', 500],
  ['7000u', 7],
  ['9000000n', 9],
  ['1n', 0],
  ['99999999H', 99_999_999 * 3_600_000],
])('%s is %i ms', (text, ms) => {
  expect(deadlineOf(text)).toEqual(new Date(1_000_000 + ms));
});

test.each(['', '500', 'm', '5 S', '5s', '0S', '-1S', '1.5S', '123456789m', '1S, 2S', '٣S', '1S\n'])(
  '%j is refused by the name of the header',
  (text) => {
    expect(() => deadlineOf(text)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        details: { violations: [{ field: 'grpc-timeout', description: expect.stringContaining('500m') as string }] },
      }),
    );
  },
);
