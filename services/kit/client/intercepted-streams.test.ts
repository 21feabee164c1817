import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Connection } from './client';
import type { ClientInterceptor } from '../protocol/interceptor';
import type { Message } from '../testing/echo';
import { answeringEcho } from '../testing/answering-echo';
import { callPatientEcho, patientEcho } from '../testing/programs/patient-echo';
import { until } from '../testing/programs/until';
import { type Served, serve } from '../testing/serve';
import { rootCall } from '../protocol/call';
import { all, noting } from '../testing/echo-kinds';

let events: string[];
let served: Served<typeof callPatientEcho>;
let connection: Connection<typeof callPatientEcho> | undefined;

beforeAll(async () => {
  served = await serve(
    patientEcho,
    answeringEcho((event) => events.push(event)),
    callPatientEcho,
  );
});

afterAll(() => served.stop());

beforeEach(() => {
  events = [];
});

afterEach(() => connection?.close());

function clientWith(...interceptors: ClientInterceptor[]): Connection<typeof callPatientEcho>['client'] {
  connection = connect(callPatientEcho, served.address, { interceptors });
  return connection.client;
}

const context = (signal?: AbortSignal) => rootCall({ timeout: '20s', ...(signal && { signal }) });

const around = (name: string) => noting(events, name);

describe('a wrapped stream', () => {
  test('that its caller stops reading ends the interceptor and the handler', async () => {
    const client = clientWith(around('a'));
    for await (const { text } of client.expand({ text: 'wait' }, context())) if (text === 'first') break;
    await until('the interceptor ends', () => events.includes('a out'));
    await until('the handler ends, if it began', () => !events.includes('handler') || events.includes('handler out'));
  });

  test('can be closed while its next reply is awaited', async () => {
    const client = clientWith(around('a'));
    const replies = client.expand({ text: 'wait' }, context())[Symbol.asyncIterator]();
    await replies.next();
    const next = replies.next();
    await until('the handler runs', () => events.includes('handler'));
    await replies.return?.();
    expect(await next).toMatchObject({ done: true });
    await until('both end', () => events.includes('a out') && events.includes('handler out'));
  });

  test('that the interceptor stops reading ends the handler', async () => {
    const client = clientWith(async function* (requests, call, next) {
      for await (const reply of next(requests, call)) {
        yield reply;
        await until('the handler runs', () => events.includes('handler'));
        break;
      }
    });
    expect(await all(client.expand({ text: 'wait' }, context()))).toMatchObject([{ text: 'first' }]);
    await until('the handler ends', () => events.includes('handler out'));
  });

  test('that the interceptor leaves open ends with the call', async () => {
    const client = clientWith(async function* (requests, call, next) {
      const replies = next(requests, call)[Symbol.asyncIterator]();
      const first = await replies.next();
      if (!first.done) yield first.value;
      replies.next().catch(() => undefined);
      await until('the handler waits', () => events.filter((event) => event === 'handler').length === 2);
    });
    const replies = client.chat([{ text: 'x' }, { text: 'wait' }], context());
    expect(await all(replies)).toMatchObject([{ text: 'x' }]);
    await until('the handler ends', () => events.includes('handler out'));
  });

  test('of requests closes its source when the call ends, even while the next request is awaited', async () => {
    async function* wrap(requests: AsyncIterable<object>) {
      try {
        yield* requests;
      } finally {
        events.push('wrap out');
      }
    }
    const silent = {
      [Symbol.asyncIterator]: () => ({
        sent: false,
        next(): Promise<IteratorResult<Message>> {
          if (this.sent) return new Promise(() => undefined);
          this.sent = true;
          return Promise.resolve({ done: false, value: { text: 'x' } });
        },
        return(): Promise<IteratorResult<Message>> {
          events.push('source closed');
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const client = clientWith((requests, call, next) => next(wrap(requests), call));
    expect(await client.collect(silent, context())).toMatchObject({ text: 'x' });
    await until('both end', () => events.includes('source closed') && events.includes('wrap out'));
  });

  test('that is never read starts nothing, and causes no unhandled rejection', async () => {
    const rejected = jest.fn();
    process.on('unhandledRejection', rejected);
    const client = clientWith(around('a'), () => {
      throw new Error('refused');
    });
    client.expand({}, context());
    await sleep(20);
    process.off('unhandledRejection', rejected);
    expect(rejected).not.toHaveBeenCalled();
    expect(events).toEqual([]);
  });
});
