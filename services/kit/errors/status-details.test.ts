import { Metadata, status } from '@grpc/grpc-js';
import { rootCall } from '../protocol/call';
import { connect, type Connection } from '../client/client';
import { callEcho, echo } from '../testing/echo';
import { serveFailing } from '../testing/failing-echo';
import { failedSay } from '../testing/raw-call';
import { type Served, serve } from '../testing/serve';
import { type StatusCode, type StatusDetails, StatusError } from './status-error';

let served: Served<typeof callEcho>;
let fault: unknown;

beforeAll(async () => {
  served = await serveFailing(() => fault);
});

afterAll(() => served.stop());

/** The error as a client of the kit has it. */
async function received(thrown: unknown, headers: Record<string, string> = {}, by = served): Promise<StatusError> {
  fault = thrown;
  const metadata = new Metadata();
  for (const [name, value] of Object.entries({ 'x-request-id': 'r-1', ...headers })) metadata.set(name, value);
  const error: unknown = await by.client.say({}, rootCall({ timeout: '1m', metadata })).catch((each: unknown) => each);
  if (error instanceof StatusError) return error;
  throw new Error(`the call ended with ${String(error)}`);
}

const CODES = Object.keys(status).filter((name): name is StatusCode => name !== 'OK' && Number.isNaN(Number(name)));

test('there are sixteen codes beside OK', () => expect(CODES).toHaveLength(16));

test.each(CODES)('%s goes over the wire with its reason and metadata', async (code) => {
  const error = await received(new StatusError(code, 'cart.changed', { user: 'u-1', 'ключ "名"': '€ 😀\n' }));
  expect(error).toMatchObject({ code, reason: 'cart.changed', metadata: { user: 'u-1', 'ключ "名"': '€ 😀\n' } });
  expect(error.message).toBe('cart.changed (user: u-1, ключ "名": € 😀\n)');
  expect((await failedSay(served.address)).code).toBe(status[code]);
});

const origin = { domain: 'echo', requestId: 'r-1' };
const localized = { locale: 'en', text: 'The service is not available at the moment. Please try again.' };

test.each<[string, StatusDetails, StatusDetails]>([
  ['where it was made, and how it reads', {}, {}],
  ['an hour', { retryAfterMs: 3_600_000 }, { retryAfterMs: 3_600_000 }],
  ['a part of a second', { retryAfterMs: 1_234.5 }, { retryAfterMs: 1_234.5 }],
  ['to try again at once', { retryAfterMs: 0 }, { retryAfterMs: 0 }],
  [
    'violations, in their order',
    {
      violations: [
        { field: 'b', description: 'must be 2' },
        { field: 'a[0].c["名"]', description: '' },
      ],
    },
    {
      violations: [
        { field: 'b', description: 'must be 2' },
        { field: 'a[0].c["名"]', description: '' },
      ],
    },
  ],
  ['no violations', { violations: [] }, {}],
  ['no value for what is undefined', { retryAfterMs: undefined, domain: undefined } as never, {}],
  [
    'the domain, request and text of a callee',
    { domain: 'd', requestId: 'q', localized: { locale: 'zh', text: '无' } },
    { domain: 'd', requestId: 'q', localized: { locale: 'zh', text: '无' } },
  ],
])('details tell %s', async (_, sent, told) => {
  const { details } = await received(new StatusError('UNAVAILABLE', 'x', {}, sent));
  expect(details).toEqual({ ...origin, localized, ...told });
});

test.each([
  ['', 'en', 'Not found.'],
  ['zh-CN, en;q=0.5', 'zh', '未找到所请求的内容。'],
])('the text is in the language that the caller accepts: "%s"', async (accepted, locale, text) => {
  const headers = accepted === '' ? {} : { 'accept-language': accepted };
  const { details } = await received(new StatusError('NOT_FOUND', 'x'), headers);
  expect(details.localized).toEqual({ locale, text });
});

test.each<[string, () => unknown]>([
  ['an exception', () => new TypeError('password is 1234')],
  ['a text', () => 'password is 1234'],
  ['nothing', () => undefined],
])('%s tells no more than that it is INTERNAL, and which request it was', async (_, make) => {
  const error = await received(make());
  expect(error).toMatchObject({ code: 'INTERNAL', reason: 'internal', metadata: {}, message: 'internal' });
  expect(error.details).toEqual({ ...origin, localized: { locale: 'en', text: 'Something went wrong on our side.' } });
  const { details, metadata } = await failedSay(served.address);
  expect(details).toBe('internal');
  expect(String(metadata.get('grpc-status-details-bin')[0])).not.toContain('1234');
});

test('the cause stays where it is', async () => {
  fault = new StatusError('UNAVAILABLE', 'x', {}, { cause: new Error('password is 1234') });
  const { metadata } = await failedSay(served.address);
  expect(String(metadata.get('grpc-status-details-bin')[0])).not.toContain('1234');
});

test.each(['collect', 'expand', 'chat'] as const)('%s, a stream, ends with all of it as well', async (name) => {
  fault = new StatusError('ABORTED', 'x', { a: '1' }, { retryAfterMs: 5 });
  const ending = async (): Promise<void> => {
    if (name === 'collect') await served.client.collect([], rootCall({ timeout: '1m' }));
    else
      for await (const _ of served.client[name](
        name === 'chat' ? ([] as never) : ({} as never),
        rootCall({ timeout: '1m' }),
      ));
  };
  await expect(ending()).rejects.toMatchObject({
    code: 'ABORTED',
    reason: 'x',
    metadata: { a: '1' },
    details: { retryAfterMs: 5, domain: 'echo' },
  });
});

describe('an error of a callee that is passed on', () => {
  let between: Connection<typeof callEcho>;
  let front: Served<typeof callEcho>;

  beforeAll(async () => {
    between = connect(callEcho, served.address);
    const say = (request: object, call: Parameters<typeof between.client.say>[1]) => between.client.say(request, call);
    const other = { collect: async () => ({}), *expand() {}, *chat() {} };
    front = await serve({ ...echo, name: 'front' }, { say, ...other }, callEcho);
  });

  afterAll(async () => {
    await front.stop();
    between.close();
  });

  test('is as it was, with the domain of who failed', async () => {
    const violations = [{ field: 'a', description: 'must be 1' }];
    const thrown = new StatusError('FAILED_PRECONDITION', 'x', { a: '1' }, { violations, retryAfterMs: 5 });
    const error = await received(thrown, { 'accept-language': 'zh' }, front);
    expect(error).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'x', metadata: { a: '1' } });
    expect(error.message).toBe('x (a: must be 1, a: 1)');
    expect(error.details).toEqual({
      violations,
      retryAfterMs: 5,
      domain: 'echo',
      requestId: 'r-1',
      localized: { locale: 'zh', text: '当前状态下无法执行此操作。' },
    });
  });
});
