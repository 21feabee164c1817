import { MongoServerError } from 'mongodb';
import { StatusError } from '../errors/status-error';
import { loggedError } from './log-error';

test('what a database quotes of a document is not logged', () => {
  const error = new MongoServerError({ message: 'E11000 dup key: { email: "ada@example.com" }', code: 11_000 });
  Object.assign(error, { writeErrors: [{ op: { passwordHash: 'HASH' } }] });
  const logged = loggedError(error);
  expect(logged).toMatchObject({ type: 'MongoServerError', code: 11_000 });
  expect(JSON.stringify(logged)).not.toMatch(/ada@|HASH/);
  expect(logged.stack).toContain('log-error.test.ts');
});

test('of any other the sentence and the place are, and nothing that hangs onto it', () => {
  const error = Object.assign(new TypeError('x is not a function'), { config: { token: 'secret' } });
  expect(loggedError(error)).toEqual({ type: 'TypeError', message: error.message, stack: error.stack });
});

test('the hint of a StatusError is logged', () => {
  const error = new StatusError('UNKNOWN', 'callee.failed', {}, { hint: 'look there' });
  expect(loggedError(error)).toMatchObject({ type: 'StatusError', code: 'UNKNOWN', hint: 'look there' });
});

test.each<[string, unknown, object]>([
  ['a text', 'oops', { type: 'string', message: 'oops' }],
  ['nothing', undefined, { type: 'undefined', message: 'undefined' }],
  ['what cannot be a text', Object.create(null), { type: 'an error that cannot be read' }],
])('%s that was thrown is logged too', (_, thrown, logged) => {
  expect(loggedError(thrown)).toEqual(logged);
});
