import { MongoServerError } from 'mongodb';
import { describeError } from './describe-error';

test.each<[string, unknown, string]>([
  ['an error for people', new Error('the port is taken'), 'the port is taken'],
  ['a text', 'oops', 'oops'],
  ['nothing', undefined, 'undefined'],
  ['an object that cannot be text', Object.create(null), 'an error that cannot be read'],
])('%s is described by its message', (_, error, expected) => {
  expect(describeError(error)).toBe(expected);
});

test('an unexpected error is described by its stack', () => {
  expect(describeError(new TypeError('x is not a function'))).toMatch(
    /^TypeError: x is not a function\n {4}at .*describe-error\.test/,
  );
});

test('a refusal of the database is described without the documents that its message quotes', () => {
  const error = new MongoServerError({ message: 'dup key: ada@example.com', code: 11_000, codeName: 'DuplicateKey' });
  expect(describeError(error)).toMatch(
    /^MongoDB refused a command \(MongoServerError 11000 DuplicateKey\)\n {4}at .*describe-error\.test/,
  );
  expect(describeError(error)).not.toContain('ada');
});
