import { once } from 'node:events';
import { serve, type Served } from '../../kit/testing/serve';
import { StatusError } from '../../kit/errors/status-error';
import { userInfo } from '../../user-info/service';
import { type ServedGateway, serveGateway, usersThat } from '../testing/serve';

const nothing = userInfo.only();

let users: Served<typeof nothing>;
let gateway: ServedGateway;
/** What the next stream sends: a user for each id. */
let send: () => AsyncIterable<string> | Iterable<string>;

beforeAll(async () => {
  const handlers = usersThat({
    streamUsers: async function* () {
      for await (const userId of send()) yield { users: [{ userId }] };
    },
  });
  users = await serve(userInfo, handlers, nothing);
  gateway = await serveGateway({ users: users.address });
});

afterAll(async () => {
  await gateway.stop();
  await users.stop();
});

const open = (headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway.url}/v1/users:stream`, { headers: { accept: 'application/x-ndjson', ...headers } });

/** What came, line by line, and whether that was all. */
async function read(response: Response): Promise<{ lines: unknown[]; whole: boolean }> {
  const decoder = new TextDecoder();
  let text = '';
  let whole = true;
  try {
    for await (const part of response.body ?? []) text += decoder.decode(part as Uint8Array, { stream: true });
  } catch {
    whole = false;
  }
  const lines = text.split('\n').slice(0, -1);
  return { lines: lines.map((line) => JSON.parse(line) as unknown), whole };
}

const message = (userId: string) => ({ users: [expect.objectContaining({ userId }) as unknown] });

test.each([0, 1, 500])('%i replies are as many lines, and an end', async (count) => {
  const ids = Array.from({ length: count }, (_, n) => `u-${n}`);
  send = () => ids;
  const response = await open();
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  expect(await read(response)).toEqual({ lines: ids.map(message), whole: true });
});

test('a failure before the first line is a status', async () => {
  send = () => {
    throw new StatusError('PERMISSION_DENIED', 'test.denied');
  };
  const response = await open();
  expect([response.status, await response.json()]).toEqual([403, expect.objectContaining({ reason: 'test.denied' })]);
});

test.each([1, 300])('a failure after %i lines is a line, and cannot be taken for an end', async (count) => {
  const ids = Array.from({ length: count }, (_, n) => `u-${n}`);
  send = function* () {
    yield* ids;
    throw new StatusError('UNAVAILABLE', 'test.gone', {}, { retryAfterMs: 1_500 });
  };
  const error = expect.objectContaining({ status: 503, reason: 'test.gone', retryAfter: 2 }) as unknown;
  expect(await read(await open())).toEqual({ lines: [...ids.map(message), { error }], whole: false });
});

test('a last event of another stream is of no interest', async () => {
  send = () => ['u-1'];
  expect(await read(await open({ 'last-event-id': 'end' }))).toEqual({ lines: [message('u-1')], whole: true });
});

test('a line comes before there is another', async () => {
  const proceed = new AbortController();
  send = async function* () {
    yield 'u-1';
    await once(proceed.signal, 'abort');
  };
  const response = await open();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toContain('"u-1"');
  proceed.abort();
  expect((await reader.read()).done).toBe(true);
});
