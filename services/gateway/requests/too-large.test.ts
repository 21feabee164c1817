import { StatusError } from '../../kit/errors/status-error';
import { serveContract, type ServedContract } from '../testing/serve-contract';
import { tooLargeError } from './too-large';

const CONTRACT = `
service Test {
  rpc Say(Text) returns (Text) { option (google.api.http) = {post: "/v1/say" body: "*"}; }
  rpc Follow(Text) returns (stream Text) { option (google.api.http) = {get: "/v1/follow/{text}"}; }
}
message Text { string text = 1; }
`;

const LIMIT = 10_000;

describe('a service with a limit', () => {
  let served: ServedContract;

  beforeAll(async () => {
    const long = { text: 'x'.repeat(LIMIT + 1) };
    const handlers = {
      say: ({ text }: { text: string }) => (text === 'long' ? long : { text: 'short' }),
      follow: ({ text }: { text: string }) => (text === 'first' ? [long] : [{ text }, long]),
    };
    served = await serveContract(CONTRACT, handlers, { MAX_MESSAGE_BYTES: String(LIMIT) });
  });

  afterAll(() => served.stop());

  const say = (text: string) => {
    const headers = { 'content-type': 'application/json' };
    return fetch(`${served.url}/v1/say`, { method: 'POST', headers, body: JSON.stringify({ text }) });
  };

  test.each([
    ['a request beyond it', 'x'.repeat(LIMIT + 1), 413, 'request.too-large', 'This is too much to send at once.'],
    ['a reply beyond it', 'long', 422, 'reply.too-large', 'This is too much to show at once. Please ask for less.'],
  ])('answers %s with a status that nobody repeats', async (_, text, status, reason, told) => {
    const response = await say(text);
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBeNull();
    const localized = { locale: 'en', text: told };
    expect(await response.json()).toMatchObject({ status, code: 'RESOURCE_EXHAUSTED', reason, localized });
  });

  test('answers others', async () => {
    expect(await (await say('short')).json()).toEqual({ text: 'short' });
  });

  test('begins no stream whose first reply is beyond it', async () => {
    expect((await fetch(`${served.url}/v1/follow/first`)).status).toBe(422);
  });

  test('ends a stream with a reply beyond it by a problem', async () => {
    const text = await (await fetch(`${served.url}/v1/follow/second`)).text();
    expect(text).toContain('"status":422');
    expect(text).toContain('"reason":"reply.too-large"');
  });
});

const exhausted = (reason: string) => new StatusError('RESOURCE_EXHAUSTED', reason);

test.each([
  [exhausted('Received message larger than max (500 vs 400)'), 413],
  [exhausted('Received message larger than max (600 vs 400)'), 422],
  [exhausted('Received message that decompresses to a size larger than 400'), 413],
  [exhausted('Attempted to send message with a size larger than 400'), 413],
  [exhausted('Sent message larger than max (600 vs. 400)'), 422],
  [exhausted('reply.too-large'), 422],
])('%s to a request of 500 bytes is %i', (error, status) => {
  expect(tooLargeError(error, () => 500)).toMatchObject({ status, code: 'RESOURCE_EXHAUSTED' });
});

test('a stream of requests has one that is too large', () => {
  expect(tooLargeError(exhausted('Received message larger than max (600 vs 400)'))).toMatchObject({ status: 413 });
});

test.each([
  exhausted('server.too-many-calls'),
  exhausted('quota'),
  new StatusError('INTERNAL', 'reply.too-large'),
  new Error('Received message larger than max (500 vs 400)'),
])('%s is another failure', (error) => {
  expect(tooLargeError(error, () => 500)).toBe(error);
});
