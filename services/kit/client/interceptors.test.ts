import { Metadata } from '@grpc/grpc-js';
import { connect, type Connection } from './client';
import { StatusError } from '../errors/status-error';
import type { ClientInterceptor } from '../protocol/interceptor';
import { answeringEcho } from '../testing/answering-echo';
import { callPatientEcho, patientEcho } from '../testing/programs/patient-echo';
import { until } from '../testing/programs/until';
import { type Served, serve } from '../testing/serve';
import { type Call, rootCall } from '../protocol/call';
import { all, KINDS, mapTexts, METHODS, noting } from '../testing/echo-kinds';

let events: string[];
let handled: Call | undefined;
let served: Served<typeof callPatientEcho>;
let connection: Connection<typeof callPatientEcho> | undefined;

beforeAll(async () => {
  served = await serve(
    patientEcho,
    answeringEcho((event, call) => {
      events.push(event);
      handled = call;
    }),
    callPatientEcho,
  );
});

afterAll(() => served.stop());

beforeEach(() => {
  events = [];
  handled = undefined;
});

afterEach(() => connection?.close());

function clientWith(...interceptors: ClientInterceptor[]): Connection<typeof callPatientEcho>['client'] {
  connection = connect(callPatientEcho, served.address, { interceptors });
  return connection.client;
}

const context = (signal?: AbortSignal) => rootCall({ timeout: '20s', ...(signal && { signal }) });

const around = (name: string) => noting(events, name);

describe.each(METHODS)('around %s, an interceptor', (name) => {
  test('reads and sets what is sent, and not what the caller has', async () => {
    const seen: unknown[] = [];
    const client = clientWith((requests, call, next) => {
      seen.push(call.method.localName, ...call.metadata.get('given'));
      call.metadata.set('authorization', 'Bearer abc');
      return next(requests, call);
    });
    const metadata = new Metadata();
    metadata.set('given', 'x');
    await all(KINDS[name](client, [{}], rootCall({ timeout: '20s', metadata })));
    expect(seen).toEqual([name, 'x']);
    expect(handled?.metadata.get('authorization')).toEqual(['Bearer abc']);
    expect(handled?.metadata.get('given')).toEqual(['x']);
    expect(metadata.getMap()).toEqual({ given: 'x' });
  });

  test.each<[string, unknown]>([
    ['a StatusError', new StatusError('UNAUTHENTICATED', 'token.missing')],
    ['a TypeError', new TypeError('odd')],
    ['a text', 'odd'],
  ])('that throws %s refuses the call, and the caller gets that', async (_, thrown) => {
    const client = clientWith(around('a'), () => {
      throw thrown;
    });
    await expect(all(KINDS[name](client, [{}], context()))).rejects.toBe(thrown);
    expect(events).toEqual(['a in', 'a out']);
  });

  test('sees when a call begins and ends, and the first is outermost', async () => {
    const client = clientWith(around('a'), around('b'));
    await all(KINDS[name](client, [{ text: 'x' }], context()));
    expect(events).toEqual(['a in', 'b in', 'handler', 'b out', 'a out']);
  });

  test('sees the error of the callee', async () => {
    const client = clientWith(async function* (requests, call, next) {
      try {
        yield* next(requests, call);
      } catch (error) {
        throw new StatusError('ABORTED', 'changed', {}, { cause: error });
      }
    });
    const call = all(KINDS[name](client, [{ text: 'fail' }], context()));
    await expect(call).rejects.toMatchObject({ reason: 'changed', cause: { code: 'NOT_FOUND' } });
  });

  test('changes every request and every reply', async () => {
    const client = clientWith((requests, call, next) =>
      mapTexts(
        next(
          mapTexts(requests, (text) => text.toUpperCase()),
          call,
        ),
        (text) => `<${text}>`,
      ),
    );
    const replies = await all(KINDS[name](client, [{ text: 'ab' }, { text: 'c' }], context()));
    const expected = { say: ['<AB>'], collect: ['<AB>'], expand: ['<first>', '<AB>'], chat: ['<AB>', '<C>'] };
    expect(replies.map(({ text }) => text)).toEqual(expected[name]);
  });

  test('sees the deadline, and can bring it forward', async () => {
    let deadline: Date | undefined;
    const client = clientWith((requests, call, next) => {
      ({ deadline } = call);
      return next(requests, { ...call, deadline: new Date(Date.now() + 200) });
    });
    const call = all(KINDS[name](client, [{ text: 'wait' }], context()));
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(deadline?.getTime()).toBeGreaterThan(Date.now());
  });

  test('ends with the call that its caller cancels, and so does the handler', async () => {
    const leave = new AbortController();
    let signal: AbortSignal | undefined;
    const client = clientWith((requests, call, next) => {
      ({ signal } = call);
      return next(requests, call);
    }, around('a'));
    const call = all(KINDS[name](client, [{ text: 'wait' }], context(leave.signal)));
    call.catch(() => undefined);
    await until('the handler runs', () => events.includes('handler'));
    leave.abort();
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED', reason: 'callee.cancelled' });
    await until('both end', () => events.includes('a out') && events.includes('handler out'));
    expect(signal?.aborted).toBe(true);
  });

  test('cannot send headers of connections', async () => {
    const client = clientWith((requests, call, next) => {
      call.metadata.set('te', 'x');
      return next(requests, call);
    });
    await expect(all(KINDS[name](client, [{}], context()))).rejects.toThrow('metadata cannot have "te"');
  });
});
