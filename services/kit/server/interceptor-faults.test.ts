import { Server, ServerCredentials } from '@grpc/grpc-js';
import pino from 'pino';
import { connect } from '../client/client';
import { createCallLog } from '../logging/call-log';
import { loggedError } from '../logging/log-error';
import { rootCall } from '../protocol/call';
import type { ServerInterceptor } from '../protocol/interceptor';
import { callPatientEcho, idleHandlers, patientEcho } from '../testing/programs/patient-echo';
import { addHandlers } from './server';

describe('an interceptor of a server that', () => {
  const lines: Record<string, unknown>[] = [];

  /** Calls `say` on a server with a log, and returns the error. */
  async function failedSay(interceptor: ServerInterceptor): Promise<Error> {
    lines.length = 0;
    const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
    const log = pino({ level: 'trace', serializers: { err: loggedError } }, { write });
    const server = new Server();
    addHandlers(server, patientEcho, idleHandlers, {
      service: 'echo',
      log,
      logCall: createCallLog(log, 1_000),
      localize: () => ({ locale: 'en', text: '' }),
      maxConcurrentCalls: 10,
      maxMessageBytes: 1_000_000,
      translate: () => undefined,
      strict: true,
      interceptors: [interceptor],
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const { client, close } = connect(callPatientEcho, `127.0.0.1:${port}`);
    const error = await client.say({}, rootCall({ timeout: '20s' })).then(
      () => new Error('the call went well'),
      (thrown: Error) => thrown,
    );
    close();
    server.forceShutdown();
    return error;
  }

  const unreadable = Object.defineProperty(new Error('a secret'), 'code', {
    get: () => {
      throw new Error('a getter that throws');
    },
  });

  test.each<[string, unknown]>([
    ['a TypeError', new TypeError('a secret')],
    ['a text', 'a secret'],
    ['nothing', undefined],
    ['an error with a getter that throws', unreadable],
  ])('throws %s makes the call INTERNAL, and only the log says why', async (_, thrown) => {
    const error = await failedSay(() => {
      throw thrown;
    });
    expect(error).toMatchObject({ code: 'INTERNAL', reason: 'internal' });
    expect(JSON.stringify(error) + error.message).not.toContain('secret');
    expect(lines).toMatchObject([{ msg: 'call', code: 'INTERNAL', level: 50, err: { type: expect.any(String) } }]);
  });

  const twice: ServerInterceptor = async function* (requests, call, next) {
    yield* next(requests, call);
    yield {};
  };
  const noRequest: ServerInterceptor = (_, call, next) => next((async function* () {})(), call);

  test.each<[string, ServerInterceptor, string]>([
    ['drops the one reply', async function* () {}, 'exactly one reply, not 0'],
    ['adds a reply to the one', twice, 'exactly one reply, not 2'],
    ['drops the one request', noRequest, 'exactly one request, not 0'],
  ])('%s makes the call INTERNAL, and the log says so', async (_, interceptor, message) => {
    expect(await failedSay(interceptor)).toMatchObject({ code: 'INTERNAL' });
    expect(lines).toMatchObject([{ err: { message: `the interceptors of /test.Echo/Say must pass on ${message}` } }]);
  });
});
