import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { type Call, rootCall } from '../protocol/call';
import { connect } from '../client/client';
import { callEcho, echo, type Message } from '../testing/echo';
import type { Handlers } from '../protocol/rpc';
import { until } from '../testing/programs/until';
import { type Served, serve } from '../testing/serve';
import { StatusError } from '../errors/status-error';

type EchoHandlers = Handlers<typeof echo>;

const handlers: EchoHandlers = {
  say: ({ text }) => ({ text }),
  async collect(requests) {
    let count = 0;
    for await (const request of requests) count += request.count;
    return { count };
  },
  *expand({ text, count }) {
    for (let index = 0; index < count; index += 1) yield { text, count: index };
  },
  async *chat(requests) {
    for await (const { text } of requests) yield { text: text.toUpperCase() };
  },
};

let served: Served<typeof callEcho> | undefined;

async function start(changes: Partial<EchoHandlers> = {}): Promise<Served<typeof callEcho>['client']> {
  served = await serve(echo, { ...handlers, ...changes }, callEcho, { DRAIN_TIMEOUT_MS: '200' });
  return served.client;
}

afterEach(() => served?.stop());

const context = () => rootCall({ timeout: '1m' });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('each kind of RPC', () => {
  test('one request, one reply', async () => {
    const client = await start();
    expect(await client.say({ text: 'hi' }, context())).toEqual({ text: 'hi', count: 0 });
  });

  test('many requests, one reply', async () => {
    const client = await start();
    expect(await client.collect([{ count: 1 }, { count: 2 }, { count: 3 }], context())).toMatchObject({ count: 6 });
  });

  test('one request, many replies', async () => {
    const client = await start();
    expect((await all(client.expand({ count: 500 }, context()))).map(({ count }) => count)).toEqual([
      ...Array(500).keys(),
    ]);
  });

  test('many requests, many replies, in step', async () => {
    const client = await start();
    async function* requests(): AsyncGenerator<Message> {
      for (const text of ['a', 'b', 'c']) yield { text };
    }
    expect((await all(client.chat(requests(), context()))).map(({ text }) => text)).toEqual(['A', 'B', 'C']);
  });
});

describe('an error', () => {
  const denied = () => {
    throw new StatusError('PERMISSION_DENIED', 'search.denied', { user: 'u-1' });
  };

  test('that means something reaches the caller as it is', async () => {
    const client = await start({ say: denied });
    await expect(client.say({}, context())).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: 'search.denied (user: u-1)',
    });
  });

  test('of any other kind tells the caller nothing but where to look', async () => {
    const client = await start({
      say: () => {
        throw new TypeError('password is 1234');
      },
    });
    const metadata = new Metadata();
    metadata.set('x-request-id', 'r-1');
    const failed = client.say({}, rootCall({ timeout: '1m', metadata }));
    await expect(failed).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'internal',
      metadata: {},
      details: { requestId: 'r-1' },
    });
  });

  test('ends a stream after the replies before it', async () => {
    const client = await start({
      async *expand() {
        yield { text: 'first' };
        await sleep(1);
        denied();
      },
    });
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const { text } of client.expand({}, context())) seen.push(text);
    };
    await expect(read()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(seen).toEqual(['first']);
  });

  test('in a stream that never replied is its status', async () => {
    const client = await start({ expand: denied, collect: denied });
    await expect(all(client.expand({}, context()))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(client.collect([{}, {}], context())).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test('while making requests is the caller’s own, and the server sees the call cancelled', async () => {
    let end: unknown;
    let begun = false;
    const client = await start({
      collect: async (requests) => {
        try {
          for await (const _ of requests) begun = true;
        } catch (error) {
          end = error;
        }
        return {};
      },
    });
    async function* requests(): AsyncGenerator<Message> {
      yield { count: 1 };
      await until('it has arrived', () => begun);
      throw new Error('the file is gone');
    }
    await expect(client.collect(requests(), context())).rejects.toThrow('the file is gone');
    await until('it has ended', () => end !== undefined);
    expect(end).toMatchObject({ code: 'CANCELLED' });
  });
});

test('an error with half a character in it does not end the process', async () => {
  const client = await start({
    say: () => {
      throw new StatusError('NOT_FOUND', 'x', { query: 'a😀'.slice(0, 2) });
    },
  });
  await expect(client.say({}, context())).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'x (query: a\ufffd)' });
});

test('handlers may be methods of an object', async () => {
  const client = await start({
    say(this: EchoHandlers | undefined) {
      return { text: typeof this?.collect };
    },
  });
  expect(await client.say({}, context())).toMatchObject({ text: 'function' });
});

test('a callee that is not there is unavailable, and its address stays in the logs', async () => {
  const { client, close } = connect(callEcho, 'ipv4:127.0.0.1:1');
  const failed = client.say({}, context());
  await expect(failed).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'callee.unavailable (service: test.Echo)',
    cause: { details: expect.stringContaining('127.0.0.1:1') },
  });
  close();
});

describe('a caller that goes away', () => {
  test('aborts the handler', async () => {
    let call: Call | undefined;
    const client = await start({
      say: async (_, started) => {
        call = started;
        await sleep(10_000, undefined, { signal: started.signal });
        return {};
      },
    });
    const leaving = new AbortController();
    const failed = client.say({}, rootCall({ timeout: '1m', signal: leaving.signal }));
    failed.catch(() => undefined);
    await until('the call is under way', () => call !== undefined);
    leaving.abort();
    await expect(failed).rejects.toMatchObject({ code: 'CANCELLED' });
    await until('the handler hears of it', () => call?.signal.aborted === true);
  });

  test('by breaking out of a stream ends the handler’s loop', async () => {
    let ended = false;
    const client = await start({
      async *expand() {
        try {
          for (let count = 0; ; count += 1) {
            yield { count };
            await sleep(1);
          }
        } finally {
          ended = true;
        }
      },
    });
    for await (const { count } of client.expand({}, context())) if (count === 3) break;
    await until('the handler has ended', () => ended);
  });

  test('because its deadline has passed gets DEADLINE_EXCEEDED', async () => {
    const client = await start({ say: (_, { signal }) => sleep(10_000, {}, { signal }) });
    await expect(client.say({}, rootCall({ timeout: '50ms' }))).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  test('cannot outwait the method’s own deadline', async () => {
    let deadline: Date | undefined;
    const client = await start({
      say: (_, call) => {
        deadline = call.deadline;
        return {};
      },
    });
    const before = Date.now();
    await client.say({}, rootCall({ timeout: '1h' }));
    expect(deadline?.getTime()).toBeLessThan(before + 60_000);
  });
});
