import { type FieldViolation, invalidArgument, invalidRequest, StatusError } from './status-error';

const violations: FieldViolation[] = [
  { field: 'name', description: 'must not be empty' },
  { field: 'user_ids[2]', description: 'must be at most 9 characters' },
];

test.each<[string, StatusError, string]>([
  ['the reason', new StatusError('ABORTED', 'cart.changed'), 'cart.changed'],
  ['what it concerns', new StatusError('NOT_FOUND', 'x', { user: 'u-1', shop: 's-1' }), 'x (user: u-1, shop: s-1)'],
  [
    'what is wrong, before what it concerns',
    new StatusError('INVALID_ARGUMENT', 'x', { user: 'u-1' }, { violations }),
    'x (name: must not be empty, user_ids[2]: must be at most 9 characters, user: u-1)',
  ],
  ['no empty brackets', new StatusError('INVALID_ARGUMENT', 'x', {}, { violations: [] }), 'x'],
  ['no other detail', new StatusError('UNAVAILABLE', 'x', {}, { retryAfterMs: 1, requestId: 'r', domain: 'd' }), 'x'],
])('its message says %s', (_, error, message) => {
  expect(error.message).toBe(message);
});

test('it is an error with a name, a stack and a cause, and the cause is not among the details', () => {
  const cause = new TypeError('deep');
  const error = new StatusError('UNAVAILABLE', 'x', {}, { retryAfterMs: 5, cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'StatusError', code: 'UNAVAILABLE', reason: 'x', metadata: {} });
  expect(error.stack).toContain('status-error.test');
  expect(error.cause).toBe(cause);
  expect(error.details).toEqual({ retryAfterMs: 5 });
});

test.each([
  ['a list of violations', invalidRequest(violations)],
  [
    'sentences by their fields',
    invalidArgument({ name: 'must not be empty', 'user_ids[2]': 'must be at most 9 characters' }),
  ],
])('a request is refused by %s', (_, error) => {
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'request.invalid', metadata: {} });
  expect(error.details).toEqual({ violations });
});
