import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { rootCall } from '../protocol/call';
import { pathOf } from '../declaration/contract';
import { Echo, type Message } from '../testing/echo';
import type { Handlers } from '../protocol/rpc';
import { type Served, serve } from '../testing/serve';
import { callPatientEcho, idleHandlers, patientEcho } from '../testing/programs/patient-echo';
import { frame, sendRaw } from '../testing/programs/raw-request';
import { settled } from '../testing/settled';
import { until } from '../testing/programs/until';

// Who may send, and for how long: each end of a stream at its own pace, and each direction on its own.

const LARGE = 'x'.repeat(64 * 1024);

/** How many large messages may be on their way, with room for what kernels keep on loopback; 16 MB. */
const AHEAD = 256;

let served: Served<typeof callPatientEcho>;

afterEach(() => served.stop());

async function start(handlers: Partial<Handlers<typeof patientEcho>>) {
  served = await serve(patientEcho, { ...idleHandlers, ...handlers }, callPatientEcho, { MAX_CONCURRENT_CALLS: '1' });
  return served.client;
}

const context = (signal?: AbortSignal) => rootCall({ timeout: '1m', ...(signal && { signal }) });

/** A stream that says how far it has come, and whether it was closed. */
function source(length: number, pause = 0) {
  const state = { made: 0, closed: false };
  async function* messages(): AsyncGenerator<Message> {
    try {
      for (; state.made < length; state.made += 1) {
        yield { text: LARGE };
        if (pause > 0) await sleep(pause);
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, messages };
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function count(items: AsyncIterable<unknown>): Promise<number> {
  let length = 0;
  for await (const _ of items) length += 1;
  return length;
}

/** The limit of one call lets another in. */
async function nothingUnderWay(): Promise<void> {
  const say = () => served.client.say({ text: 'well' }, context());
  await until('the next call is taken', () =>
    say().then(
      () => true,
      () => false,
    ),
  );
}

describe('a sender waits', () => {
  test.each(['collect', 'chat'] as const)('for a handler of %s that does not read', async (method) => {
    const { opened, open } = gate();
    const { state, messages } = source(2_000);
    const read = async (requests: AsyncIterable<Message>) => {
      await opened;
      return count(requests);
    };
    const client = await start({
      collect: async (requests) => ({ count: await read(requests) }),
      async *chat(requests) {
        yield { count: await read(requests) };
      },
    });
    const reply =
      method === 'collect'
        ? client.collect(messages(), context())
        : client
            .chat(messages(), context())
            [Symbol.asyncIterator]()
            .next()
            .then(({ value }) => value as Message);
    expect(await settled(() => state.made)).toBeLessThan(AHEAD);
    open();
    expect(await reply).toMatchObject({ count: 2_000 });
  });

  test.each(['expand', 'chat'] as const)(
    'for a reader of %s that does not read, and not for one that leaves',
    async (method) => {
      const { state, messages } = source(1_000_000);
      const client = await start({ expand: messages, chat: messages });
      const leave = new AbortController();
      const replies =
        method === 'expand' ? client.expand({}, context(leave.signal)) : client.chat([], context(leave.signal));
      await replies[Symbol.asyncIterator]().next();
      expect(await settled(() => state.made)).toBeLessThan(AHEAD);
      leave.abort();
      await until('the handler is closed', () => state.closed);
      await nothingUnderWay();
    },
  );
});

describe('one direction ends before the other', () => {
  test('requests first: the server goes on', async () => {
    const client = await start({
      async *chat(requests) {
        const length = await count(requests);
        for (let index = 0; index < 5; index += 1) {
          await sleep(10);
          yield { count: length };
        }
      },
    });
    expect(await count(client.chat([{}, {}], context()))).toBe(5);
    await nothingUnderWay();
  });

  test('replies first: the source of the requests is closed', async () => {
    const client = await start({
      async *chat(requests) {
        for await (const _ of requests) {
          yield { text: 'enough' };
          return;
        }
      },
    });
    const { state, messages } = source(1_000_000, 1);
    expect(await count(client.chat(messages(), context()))).toBe(1);
    await until('the requests are closed', () => state.closed);
    await nothingUnderWay();
  });

  test('the reply of a stream of requests before its end: it is the answer', async () => {
    const client = await start({
      collect: async (requests) => {
        for await (const _ of requests) break;
        return { text: 'enough' };
      },
    });
    const { state, messages } = source(1_000_000, 1);
    expect(await client.collect(messages(), context())).toMatchObject({ text: 'enough' });
    await until('the requests are closed', () => state.closed);
    await nothingUnderWay();
  });
});

test.each(['collect', 'chat'] as const)(
  'a handler of %s waits no longer than its caller would, who says nothing',
  async (method) => {
    let broken: unknown;
    const read = async (requests: AsyncIterable<Message>): Promise<number> =>
      count(requests).catch((error: unknown) => {
        broken = error;
        throw error;
      });
    await start({
      collect: async (requests) => ({ count: await read(requests) }),
      async *chat(requests) {
        yield { count: await read(requests) };
      },
    });
    const path = pathOf(Echo.method[method]);
    const answer = sendRaw(served.address, path, frame(Buffer.alloc(0), false), { 'grpc-timeout': '300m' }, false);
    expect(await answer).toBe(status.DEADLINE_EXCEEDED);
    await until('the handler is told', () => broken !== undefined);
    expect(broken).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await nothingUnderWay();
  },
);
