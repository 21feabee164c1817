import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { MongoNetworkError, MongoServerError } from 'mongodb';
import { StatusError } from './status-error';

const serviceError = (code: status, details: string): ServiceError =>
  Object.assign(new Error(`${code} ${details}`), { code, details, metadata: new Metadata() });

const aborted = (): unknown => {
  const controller = new AbortController();
  controller.abort();
  return controller.signal.reason as unknown;
};

test.each<[string, unknown, object]>([
  ['an error of grpc-js', serviceError(status.NOT_FOUND, 'no bill'), { code: 'NOT_FOUND', reason: 'no bill' }],
  [
    'an error of grpc-js that quotes an address',
    serviceError(status.UNAVAILABLE, 'connect 10.0.0.1'),
    { code: 'UNAVAILABLE', reason: 'callee.unavailable' },
  ],
  ['an abort', aborted(), { code: 'CANCELLED', reason: 'callee.cancelled' }],
  [
    'a timeout',
    new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
    { code: 'DEADLINE_EXCEEDED', reason: 'callee.too-late' },
  ],
  [
    'a database that cannot be reached',
    new MongoNetworkError('reset'),
    { code: 'UNAVAILABLE', reason: 'store.unavailable', details: { retryAfterMs: 1_000 } },
  ],
])('%s keeps what it says', (_, thrown, expected) => {
  const error = StatusError.from(thrown);
  expect(error).toBeInstanceOf(StatusError);
  expect(error).toMatchObject(expected);
  expect(error.cause).toBe(thrown);
});

const hostile = Object.defineProperty(new Error('x'), 'code', {
  get() {
    throw new Error('a getter');
  },
});

const trap = new Proxy(
  {},
  {
    getPrototypeOf() {
      throw new Error('a trap');
    },
  },
);

test.each<[string, unknown]>([
  ['a bug', new TypeError('password is 1234')],
  ['a refusal of the database', new MongoServerError({ message: 'dup key: ada@example.com', code: 11_000 })],
  ['an error of the operating system', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ['a text', 'password is 1234'],
  ['nothing', undefined],
  ['null', null],
  ['an error whose getters throw', hostile],
  ['a proxy whose traps throw', trap],
])('%s is INTERNAL, with no word of its text', (_, thrown) => {
  const error = StatusError.from(thrown);
  expect(error).toMatchObject({ code: 'INTERNAL', reason: 'internal', message: 'internal', metadata: {}, details: {} });
  expect(error.cause).toBe(thrown);
});

test('a StatusError is itself', () => {
  const error = new StatusError('NOT_FOUND', 'bill.not-found');
  expect(StatusError.from(error)).toBe(error);
});
