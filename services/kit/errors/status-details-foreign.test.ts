import { Metadata, type MethodDefinition, Server, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { ErrorInfo } from 'nice-grpc-error-details/lib/proto/google/rpc/error_details';
import { Status } from 'nice-grpc-error-details/lib/proto/google/rpc/status';
import { definitionOf } from '../../../proto/definition';
import { rootCall } from '../protocol/call';
import { connect, type Connection } from '../client/client';
import { callEcho, Echo } from '../testing/echo';
import { fromServiceError } from './status-details';
import { StatusError } from './status-error';

/** An error as a server sends it, with any number for its code. */
type Sent = { code: number } & Pick<Partial<ServiceError>, 'details' | 'metadata'>;

// A server that has never heard of the kit, and one that sends what nobody should.

let server: Server;
let connection: Connection<typeof callEcho>;
let answer: Sent;

beforeAll(async () => {
  server = new Server();
  server.addService(
    { Say: definitionOf(Echo)['Say'] as MethodDefinition<object, object> },
    { Say: (_: unknown, done: (error: object) => void) => done(answer) },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  connection = connect(callEcho, `127.0.0.1:${port}`);
});

afterAll(() => {
  connection.close();
  server.forceShutdown();
});

async function received(sent: Sent): Promise<StatusError> {
  answer = sent;
  const error: unknown = await connection.client.say({}, rootCall({ timeout: '1m' })).catch((each: unknown) => each);
  if (error instanceof StatusError) return error;
  throw new Error(`the call ended with ${String(error)}`);
}

function withDetails(...values: (Uint8Array | string)[]): Metadata {
  const metadata = new Metadata();
  for (const value of values) metadata.add('grpc-status-details-bin', Buffer.from(value));
  return metadata;
}

function statusOf(...details: [typeUrl: string, value: Uint8Array][]): Uint8Array {
  const all = details.map(([typeUrl, value]) => ({ typeUrl, value }));
  return Status.encode(Status.fromPartial({ code: 5, message: 'm', details: all })).finish();
}

const info = (reason: string, domain = '') => ErrorInfo.encode(ErrorInfo.fromPartial({ reason, domain })).finish();
const INFO = 'type.googleapis.com/google.rpc.ErrorInfo';

test.each<[number, string, string, string, object]>([
  [status.NOT_FOUND, 'no such user', 'NOT_FOUND', 'no such user', {}],
  [status.NOT_FOUND, '', 'NOT_FOUND', 'NOT_FOUND', {}],
  [status.INTERNAL, 'oops', 'INTERNAL', 'callee.failed', { service: 'test.Echo' }],
  ...[
    'Session closed with error code 2 (NGHTTP2_INTERNAL_ERROR)',
    'Received RST_STREAM with code 0 (Call ended without gRPC status)',
    'Received RST_STREAM with code 2 triggered by internal client error: write EPIPE',
  ].map((details): [number, string, string, string, object] => [
    status.INTERNAL,
    details,
    'UNAVAILABLE',
    'callee.unavailable',
    { service: 'test.Echo' },
  ]),
  [
    status.INTERNAL,
    'Received RST_STREAM with code 2 (Internal server error)',
    'INTERNAL',
    'callee.failed',
    { service: 'test.Echo' },
  ],
  // What a library says in these may name addresses, so callers get a sentence of ours.
  [status.UNAVAILABLE, 'connect 10.0.0.1', 'UNAVAILABLE', 'callee.unavailable', { service: 'test.Echo' }],
  [status.DEADLINE_EXCEEDED, 'late', 'DEADLINE_EXCEEDED', 'callee.too-late', { service: 'test.Echo' }],
  [status.UNKNOWN, 'Traceback', 'UNKNOWN', 'callee.failed', { service: 'test.Echo' }],
  [status.DATA_LOSS, 'lost', 'DATA_LOSS', 'callee.failed', { service: 'test.Echo' }],
  [77, 'a code of tomorrow', 'UNKNOWN', 'callee.failed', { service: 'test.Echo' }],
])('code %i with "%s" and no details is %s %s', async (code, details, name, reason, metadata) => {
  const error = await received({ code, details });
  expect(error).toMatchObject({ code: name, reason, metadata, details: {} });
  expect(error.cause).toMatchObject({ details });
});

test.each<[string, Metadata]>([
  ['nothing', withDetails('')],
  ['a text', withDetails('this is not a message')],
  ['bytes that break off', withDetails(statusOf([INFO, info('x')]).subarray(0, 20))],
  ['a message that breaks off in a detail', withDetails(statusOf([INFO, info('x').subarray(0, 2)]))],
  ['another detail', withDetails(statusOf(['type.googleapis.com/google.rpc.Unheard', info('x')]))],
  [
    'a detail whose type ends alike',
    withDetails(statusOf(['type.googleapis.com/not.google.rpc.ErrorInfo', info('x')])),
  ],
  ['a detail without a type', withDetails(statusOf(['', info('x')]))],
  ['a reason that is empty', withDetails(statusOf([INFO, info('')]))],
  ['no detail', withDetails(statusOf())],
])('where details are %s, the code and the text are still there', async (_, metadata) => {
  const error = await received({ code: status.NOT_FOUND, details: 'no such user', metadata });
  expect(error).toMatchObject({ code: 'NOT_FOUND', reason: 'no such user', metadata: {}, details: {} });
});

test.each([
  [
    'by any host',
    withDetails(statusOf(['example.com/types/google.rpc.ErrorInfo', info('x', 'shop')])),
    { domain: 'shop' },
  ],
  ['by nobody', withDetails(statusOf([INFO, info('x')])), {}],
  [
    'behind what is not known',
    withDetails(statusOf(['a/b.C', info('y')], [INFO, info('x', 'shop')])),
    { domain: 'shop', others: [expect.objectContaining({ typeUrl: 'a/b.C' })] },
  ],
  [
    'twice, and then the first',
    withDetails(statusOf([INFO, info('x')]), statusOf([INFO, info('y')])),
    { others: [expect.objectContaining({ typeUrl: INFO })] },
  ],
])('details sent %s are read', async (_, metadata, details) => {
  const error = await received({ code: status.UNAVAILABLE, details: 'm', metadata });
  expect(error).toMatchObject({ code: 'UNAVAILABLE', reason: 'x' });
  expect(error.details).toEqual(details);
});

test('the code is the one of the call, whatever the details say', async () => {
  const metadata = withDetails(statusOf([INFO, info('x')]));
  expect(await received({ code: status.ABORTED, details: 'm', metadata })).toMatchObject({ code: 'ABORTED' });
});

test('an error that was made before there was a stream has no metadata', () => {
  const error = Object.assign(new Error('x'), { code: status.NOT_FOUND, details: 'gone' }) as ServiceError;
  expect(fromServiceError(error, 'a.B')).toMatchObject({ code: 'NOT_FOUND', reason: 'gone' });
});
