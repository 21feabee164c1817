import { setTimeout as sleep } from 'node:timers/promises';
import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import type { Message } from '../testing/echo';
import type { Handlers } from '../protocol/rpc';
import { type Served, serve } from '../testing/serve';
import { createLibraryClient } from '../testing/programs/library-client';
import { callPatientEcho, idleHandlers, patientEcho } from '../testing/programs/patient-echo';
import { until } from '../testing/programs/until';
import type { StatusError } from '../errors/status-error';

const closing: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const context = (signal?: AbortSignal) => rootCall({ timeout: '1m', ...(signal && { signal }) });

async function start(handlers: Partial<Handlers<typeof patientEcho>>, environment: Record<string, string>) {
  const served = await serve(patientEcho, { ...idleHandlers, ...handlers }, callPatientEcho, environment);
  closing.push(served.stop);
  return served;
}

describe('MAX_CONCURRENT_CALLS', () => {
  const LIMIT = 3;
  const TOO_MANY = {
    code: 'RESOURCE_EXHAUSTED',
    reason: 'server.too-many-calls',
    metadata: { limit: String(LIMIT) },
    details: { retryAfterMs: 1_000 },
  };

  /** A service whose calls stay until they are released, however they end for their callers. */
  async function startBusy() {
    const releases: (() => void)[] = [];
    const held = () => new Promise<void>((resolve) => releases.push(resolve));
    const handlers: Handlers<typeof patientEcho> = {
      say: async ({ text }) => (text === 'quick' ? {} : held().then(() => ({}))),
      collect: async () => held().then(() => ({})),
      async *expand() {
        await held();
        yield {};
      },
      async *chat() {
        yield {};
        await held();
      },
    };
    const { client, address } = await start(handlers, { MAX_CONCURRENT_CALLS: String(LIMIT) });
    return { client, address, releases };
  }

  type Busy = Served<typeof callPatientEcho>['client'];
  const OCCUPY: Record<string, (client: Busy, signal: AbortSignal) => Promise<unknown>> = {
    'unary calls': (client, signal) => client.say({}, context(signal)),
    'streams of requests': (client, signal) => client.collect([{}], context(signal)),
    'streams of replies': (client, signal) => drain(client.expand({}, context(signal))),
    'streams both ways': (client, signal) => drain(client.chat([{}], context(signal))),
  };

  async function drain(replies: AsyncIterable<unknown>): Promise<void> {
    for await (const _ of replies);
  }

  test.each(Object.entries(OCCUPY))('counts %s until their handlers have ended', async (_, occupy) => {
    const { client, address, releases } = await startBusy();
    const leave = new AbortController();
    const calls = Array.from({ length: LIMIT }, () => occupy(client, leave.signal).catch((error: Error) => error));
    await until('as many as there may be are under way', () => releases.length === LIMIT);
    const one = client.say({ text: 'quick' }, context());
    await expect(one).rejects.toMatchObject(TOO_MANY);
    await expect(drain(client.chat([], context()))).rejects.toMatchObject(TOO_MANY);
    const probe = createLibraryClient(address);
    closing.push(probe.close);
    expect(await probe.check()).toBe('SERVING');
    // Callers that leave make no room; handlers that end do.
    leave.abort();
    expect(await Promise.all(calls)).toEqual(calls.map((): unknown => expect.objectContaining({ code: 'CANCELLED' })));
    await expect(client.say({ text: 'quick' }, context())).rejects.toMatchObject(TOO_MANY);
    releases.shift()?.();
    await until('one may come in', () =>
      client.say({ text: 'quick' }, context()).then(
        () => true,
        () => false,
      ),
    );
    releases.forEach((release) => release());
  });
});

describe('MAX_MESSAGE_BYTES', () => {
  const LIMIT = 1_000_000;
  /** A message of one text has a tag and a length of three bytes ahead of it. */
  const HEAD = 4;
  const textOf = (bytes: number): string => 'x'.repeat(bytes - HEAD);

  const handlers: Partial<Handlers<typeof patientEcho>> = {
    say: ({ text, count }) => ({ text: count > 0 ? textOf(count) : String(text.length) }),
    collect: async (requests) => {
      let count = 0;
      for await (const { text } of requests) count += text.length;
      return { count };
    },
    *expand({ count }) {
      yield { text: 'first' };
      if (count > 0) yield { text: textOf(count) };
    },
    async *chat(requests) {
      for await (const { text } of requests) yield { text };
    },
  };

  /** @param limits of the server and of the client; none is far away */
  async function startWith(limits: { server?: number; client?: number }) {
    const environment = { MAX_MESSAGE_BYTES: String(limits.server ?? 100 * LIMIT), MAX_CONCURRENT_CALLS: '1' };
    const { address } = await start(handlers, environment);
    const { client, close } = connect(callPatientEcho, address, { maxMessageBytes: limits.client ?? 100 * LIMIT });
    closing.push(close);
    return client;
  }

  /** One call may be under way, so that the next finds out whether the last one is over. */
  async function nothingUnderWay(client: EchoClient): Promise<void> {
    await until('the next call is answered', async () => {
      const answer = await client.say({ text: 'well' }, context()).catch(() => undefined);
      return answer?.text === '4';
    });
  }

  async function all(replies: AsyncIterable<Message>): Promise<Message[]> {
    const list: Message[] = [];
    for await (const reply of replies) list.push(reply);
    return list;
  }

  type EchoClient = Awaited<ReturnType<typeof startWith>>;

  const REQUESTS: Record<string, (client: EchoClient, bytes: number) => Promise<unknown>> = {
    say: (client, bytes) => client.say({ text: textOf(bytes) }, context()),
    collect: (client, bytes) => client.collect([{}, { text: textOf(bytes) }], context()),
    expand: (client, bytes) => all(client.expand({ text: textOf(bytes) }, context())),
    chat: (client, bytes) => all(client.chat([{}, { text: textOf(bytes) }], context())),
  };

  const REPLIES: Record<string, (client: EchoClient, bytes: number) => Promise<unknown>> = {
    say: (client, bytes) => client.say({ count: bytes }, context()),
    expand: (client, bytes) => all(client.expand({ count: bytes }, context())),
    chat: (client, bytes) => all(client.chat([{ text: textOf(bytes) }], context())),
  };

  const BOTH = { requests: REQUESTS, replies: REPLIES };
  const TABLE = (['requests', 'replies'] as const).flatMap((what) =>
    (['server', 'client'] as const).flatMap((end) =>
      Object.entries(BOTH[what]).map(([method, call]) => ({ what, end, method, call })),
    ),
  );

  test.each(TABLE)('of a $end holds for $what of $method', async ({ end, call }) => {
    const client = await startWith({ [end]: LIMIT });
    await call(client, LIMIT);
    await nothingUnderWay(client);
    const failed = await call(client, LIMIT + 1).then(
      () => undefined,
      (error: StatusError) => error,
    );
    expect(failed).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: expect.stringMatching(/(larger than|too-large).*1000000/),
    });
    await nothingUnderWay(client);
  });
});

test('what is refused is refused at once, not put in a queue', async () => {
  let busy = 0;
  const { client } = await start(
    { say: async (_, { signal }) => ((busy += 1), sleep(60_000, {}, { signal })) },
    { MAX_CONCURRENT_CALLS: '1' },
  );
  const leave = new AbortController();
  const first = client.say({}, context(leave.signal)).catch((error: unknown) => error);
  await until('one is under way', () => busy === 1);
  const refused = await Promise.allSettled(Array.from({ length: 200 }, () => client.say({}, context())));
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 'rejected'));
  expect(busy).toBe(1);
  leave.abort();
  await first;
});
