import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata, status } from '@grpc/grpc-js';
import { StatusError } from '../errors/status-error';
import { type Call, rootCall } from '../protocol/call';
import type { Handlers } from '../protocol/rpc';
import type { ServerInterceptor } from '../protocol/interceptor';
import type { Message } from '../testing/echo';
import { all, callRaw, KINDS, mapTexts, METHODS, noting } from '../testing/echo-kinds';
import { callPatientEcho, patientEcho } from '../testing/programs/patient-echo';
import { until } from '../testing/programs/until';
import { type Served, serve } from '../testing/serve';

let events: string[];
let handled: Call | undefined;
let texts: string[];

const see = (call: Call, { text = '' }: Message): void => {
  handled = call;
  texts.push(text);
  events.push('handler');
};

const handlers: Handlers<typeof patientEcho> = {
  say: (request, call) => (see(call, request), { text: request.text }),
  collect: async (requests, call) => {
    const list = await all(requests);
    list.forEach((request) => see(call, request));
    return { text: list.map(({ text }) => text).join('') };
  },
  expand: async function* (request, call) {
    see(call, request);
    for (const text of request.text) yield { text };
  },
  chat: async function* (requests, call) {
    for await (const request of requests) {
      see(call, request);
      yield { text: request.text };
    }
  },
};

let served: Served<typeof callPatientEcho> | undefined;

beforeEach(() => {
  events = [];
  texts = [];
  handled = undefined;
});

afterEach(async () => {
  await served?.stop();
  served = undefined;
});

async function start(
  interceptors: ServerInterceptor[],
  changes: Partial<typeof handlers> = {},
): Promise<Served<typeof callPatientEcho>> {
  return (served = await serve(patientEcho, { ...handlers, ...changes }, callPatientEcho, {}, { interceptors }));
}

const context = () => rootCall({ timeout: '20s' });

const metadataOf = (values: Record<string, string>): Metadata => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(values)) metadata.set(name, value);
  return metadata;
};

const around = (name: string) => noting(events, name);

describe.each(METHODS)('around %s, an interceptor', (name) => {
  test('reads the caller’s metadata, and sets reply metadata and the user', async () => {
    const { address } = await start([
      (requests, call, next) => {
        const [token = ''] = call.metadata.get('authorization');
        call.user = { id: String(token).replace('Bearer ', '') };
        call.replyMetadata.set('seen', `${call.method.name} ${call.method.methodKind}`);
        return next(requests, call);
      },
    ]);
    const metadata = metadataOf({ authorization: 'Bearer u-7', 'user-id': 'u-1' });
    const call = await callRaw(address, name, Buffer.alloc(0), metadata);
    expect(call.status).toMatchObject({ code: status.OK });
    const { methodKind } = callPatientEcho.methods.find(({ method }) => method.localName === name)?.method ?? {};
    expect(call.metadata?.get('seen')[0]).toMatch(new RegExp(`^${name} ${methodKind}$`, 'i'));
    expect(handled?.user).toEqual({ id: 'u-7' });
    expect(handled?.forwarded.get('user-id')).toEqual(['u-7']);
  });

  test('refuses a call before its requests are read', async () => {
    const { address, client } = await start([
      () => {
        throw new StatusError('UNAUTHENTICATED', 'token.missing', { realm: 'test' });
      },
    ]);
    const call = all(KINDS[name](client, [{ text: 'a' }], context()));
    await expect(call).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'token.missing',
      metadata: { realm: 'test' },
    });
    // These bytes are not a message; a caller who may not call does not learn that.
    const raw = await callRaw(address, name, Buffer.from([255]));
    expect(raw.status).toMatchObject({ code: status.UNAUTHENTICATED });
    expect(handled).toBeUndefined();
  });

  test('sees when a call begins and ends', async () => {
    const { client } = await start([around('a')]);
    await all(KINDS[name](client, [{ text: 'x' }], context()));
    expect(events).toEqual(['a in', 'handler', 'a out']);
  });

  test('sees errors of the handler, and can change them', async () => {
    const fail = (): never => {
      throw new StatusError('NOT_FOUND', 'thing.not-found');
    };
    const { client } = await start(
      [
        async function* (requests, call, next) {
          try {
            yield* next(requests, call);
          } catch (error) {
            throw new StatusError('ABORTED', 'changed', {}, { cause: error });
          }
        },
        around('a'),
      ],
      { [name]: fail },
    );
    const call = all(KINDS[name](client, [{}], context()));
    await expect(call).rejects.toMatchObject({ code: 'ABORTED', reason: 'changed' });
    expect(events).toEqual(['a in', 'a out']);
  });

  test('changes every request and every reply', async () => {
    const { client } = await start([
      (requests, call, next) =>
        mapTexts(
          next(
            mapTexts(requests, (text) => text.toUpperCase()),
            call,
          ),
          (text) => `<${text}>`,
        ),
    ]);
    const replies = await all(KINDS[name](client, [{ text: 'ab' }, { text: 'c' }], context()));
    const expected = { say: ['<AB>'], collect: ['<ABC>'], expand: ['<A>', '<B>'], chat: ['<AB>', '<C>'] };
    expect(replies.map(({ text }) => text)).toEqual(expected[name]);
  });

  test('that is listed first is outermost', async () => {
    const { client } = await start([around('a'), around('b')]);
    await all(KINDS[name](client, [{}], context()));
    expect(events).toEqual(['a in', 'b in', 'handler', 'b out', 'a out']);
  });

  test('ends with the call that its caller cancels', async () => {
    const wait = async (_: unknown, { signal }: Call): Promise<object> => {
      events.push('handler');
      await sleep(60_000, undefined, { signal });
      return {};
    };
    const waitInStream = async function* (requests: unknown, call: Call) {
      yield await wait(requests, call);
    };
    const { client } = await start([around('a')], {
      say: wait,
      collect: wait,
      expand: waitInStream,
      chat: waitInStream,
    });
    const leave = new AbortController();
    const call = all(KINDS[name](client, [{}], rootCall({ timeout: '1m', signal: leave.signal })));
    call.catch(() => undefined);
    await until('the handler runs', () => events.includes('handler'));
    leave.abort();
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await until('the interceptor ends', () => events.includes('a out'));
  });

  test('sees the deadline, and its call ends when that passes', async () => {
    let deadline: Date | undefined;
    const { client } = await start([
      async function* (requests, call, next) {
        ({ deadline } = call);
        await sleep(60_000, undefined, { signal: call.signal });
        yield* next(requests, call);
      },
    ]);
    const before = Date.now();
    const call = all(KINDS[name](client, [{}], rootCall({ timeout: '300ms' })));
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await until('the interceptor runs', () => deadline !== undefined);
    expect(deadline?.getTime()).toBeGreaterThan(before);
    expect(handled).toBeUndefined();
  });
});

test('a caller that stops reading a stream ends the interceptors and the handler', async () => {
  const { client } = await start([around('a')], {
    expand: async function* () {
      try {
        for (let count = 0; ; count += 1) {
          yield { count };
          await sleep(1);
        }
      } finally {
        events.push('handler out');
      }
    },
  });
  for await (const { count } of client.expand({}, context())) if (count === 3) break;
  await until('both end', () => events.includes('a out'));
  expect(events).toEqual(['a in', 'handler out', 'a out']);
});
