import { MongoNetworkTimeoutError, MongoServerError } from 'mongodb';
import pino from 'pino';
import { retryStoreFailures } from './store-retry';

let lines: string[];
let stopping: AbortController;

beforeEach(() => {
  lines = [];
  stopping = new AbortController();
});

const timedOut = (): Error => new MongoNetworkTimeoutError('connection 3 to 10.0.0.1:27017 timed out');

/** Fails with each of the errors in turn, and then answers. */
function prepare(...errors: unknown[]): Promise<string> {
  const work = (): string => {
    if (errors.length > 0) throw errors.shift();
    return 'ready';
  };
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  return retryStoreFailures(work, { log, signal: stopping.signal, pauseMs: 1 });
}

test('work that fails since the store does is done again until it does not', async () => {
  expect(await prepare(...Array.from({ length: 8 }, timedOut))).toBe('ready');
  expect(lines).toHaveLength(8);
  expect(lines[0]).toContain('connection 3 to 10.0.0.1:27017 timed out');
});

test('the service may have wrapped the error of the store', async () => {
  expect(await prepare(new Error('seeding failed', { cause: timedOut() }))).toBe('ready');
});

const circular = new Error('x');
circular.cause = circular;

test.each<[string, unknown]>([
  ['a bug', new TypeError('x is not a function')],
  ['an index that the database refuses', new MongoServerError({ message: 'index exists', code: 85 })],
  ['an error that is its own cause', circular],
  ['a text', 'oops'],
  ['nothing', undefined],
])('%s ends it at once', async (_, thrown) => {
  await expect(prepare(thrown)).rejects.toBe(thrown);
  expect(lines).toEqual([]);
});

test('a service that is told to stop does not try again', async () => {
  stopping.abort();
  await expect(prepare(timedOut(), timedOut())).rejects.toMatchObject({ name: 'AbortError' });
});
