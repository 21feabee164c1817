import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Call, rootCall, type RunOptions } from '.';
import { answeringEcho } from './testing/answering-echo';
import { callWithToken, limitRequests, logCalls, requireToken, timeCalls } from './testing/interceptor-samples';
import { callPatientEcho, patientEcho } from './testing/programs/patient-echo';
import { type Served, serve } from './testing/serve';

const trimLines = (text: string): string => text.replace(/^\s+|\s+$/gm, '');

test('every sample of the page is code that is compiled here', () => {
  const page = readFileSync(join(__dirname, '../../docs/interceptors.md'), 'utf8');
  const samples = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => trimLines(code));
  const compiled = trimLines(readFileSync(join(__dirname, 'testing/interceptor-samples.ts'), 'utf8'));
  expect(samples.length).toBeGreaterThan(4);
  for (const sample of samples) expect(compiled).toContain(sample);
});

const context = () => rootCall({ timeout: '20s' });

let handled: Call | undefined;
let served: Served<typeof callPatientEcho> | undefined;

beforeEach(() => {
  handled = undefined;
});

afterEach(() => served?.stop());

async function start(options: Pick<RunOptions<unknown>, 'interceptors' | 'clientInterceptors'>) {
  const handlers = answeringEcho((_, call) => (handled = call));
  return (served = await serve(patientEcho, handlers, callPatientEcho, {}, options));
}

describe('a token', () => {
  const verify = async (token: string) => {
    if (token !== 'valid') throw new Error('the signature is wrong');
    return { subject: 'u-7' };
  };

  test.each([
    ['a valid', 'valid', 'hello'],
    ['an invalid', 'other', 'token.invalid'],
  ])('%s one is sent and checked', async (_, token, outcome) => {
    const { address } = await start({ interceptors: [requireToken(verify)] });
    const tokens = { verify, getToken: async () => token };
    const answer = await callWithToken(address, tokens, context()).catch(({ reason }: { reason: string }) => reason);
    expect(answer).toBe(outcome);
    expect(handled?.user).toEqual(token === 'valid' ? { id: 'u-7' } : undefined);
  });

  test('a call without one is refused', async () => {
    const { client } = await start({ interceptors: [requireToken(verify)] });
    const refusal = { code: 'UNAUTHENTICATED', reason: 'token.missing' };
    await expect(client.say({}, context())).rejects.toMatchObject(refusal);
    expect(handled).toBeUndefined();
  });
});

test('calls are logged with their replies', async () => {
  const info = jest.fn();
  const { client } = await start({
    interceptors: [
      (requests, call, next) => {
        Object.assign(call.log, { info });
        return next(requests, call);
      },
      logCalls,
    ],
  });
  for await (const _ of client.expand({}, context()));
  expect(info).toHaveBeenCalledWith({ method: 'Expand', replies: 2, ms: expect.any(Number) }, 'timed');
});

test('calls are timed on both sides', async () => {
  const record = jest.fn();
  const { client } = await start({ interceptors: [timeCalls(record)], clientInterceptors: [timeCalls(record)] });
  await client.say({}, context());
  expect(record.mock.calls).toEqual([
    ['test.Echo/Say', expect.any(Number)],
    ['test.Echo/Say', expect.any(Number)],
  ]);
});

test('a stream of too many requests is refused', async () => {
  const { client } = await start({ interceptors: [limitRequests(2)] });
  const replies: unknown[] = [];
  const read = async () => {
    for await (const { text } of client.chat([{ text: 'a' }, { text: 'b' }, { text: 'c' }], context()))
      replies.push(text);
  };
  await expect(read()).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED', metadata: { limit: '2' } });
  expect(replies).toEqual(['a', 'b']);
});
