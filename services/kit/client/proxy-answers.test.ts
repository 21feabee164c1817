import { createServer, type Http2Server } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { StatusError } from '../errors/status-error';
import { rootCall } from '../protocol/call';
import { callEcho } from '../testing/echo';
import { connect, type Connection } from './client';

// A proxy that answers as Envoy does: headers alone, with a status and no details.

let proxy: Http2Server;
let connection: Connection<typeof callEcho>;
let headers: Record<string, string>;

beforeAll(async () => {
  proxy = createServer();
  proxy.on('stream', (stream) =>
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', server: 'envoy', ...headers },
      { endStream: true },
    ),
  );
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  connection = connect(callEcho, `127.0.0.1:${(proxy.address() as AddressInfo).port}`);
});

afterAll(() => {
  connection.close();
  proxy.close();
});

async function failure(call: Promise<unknown>): Promise<StatusError> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (error instanceof StatusError) return error;
  throw new Error('the call did not fail with a StatusError');
}

const firstOf = (replies: AsyncIterable<unknown>): Promise<unknown> => replies[Symbol.asyncIterator]().next();

const context = () => rootCall({ timeout: '5s' });

test.each<[string, Record<string, string>, object, string]>([
  [
    'that a policy denies',
    { 'grpc-status': '7', 'grpc-message': 'RBAC: access denied' },
    { code: 'PERMISSION_DENIED', reason: 'RBAC: access denied', message: 'RBAC: access denied' },
    'no AuthorizationPolicy allows this service to call this method',
  ],
  [
    'without a route',
    { 'grpc-status': '12' },
    { code: 'UNIMPLEMENTED', reason: 'UNIMPLEMENTED' },
    'no route has this method',
  ],
  [
    'to a callee that is not declared',
    { 'grpc-status': '14' },
    { code: 'UNAVAILABLE', reason: 'callee.unavailable' },
    'the proxy of this service does not know echo',
  ],
])('a call %s keeps its code and text, and has a hint for the log', async (_, answer, expected, hint) => {
  headers = answer;
  for (const call of [
    connection.client.say({}, context()),
    firstOf(connection.client.expand({}, context())),
    connection.client.collect([], context()),
  ]) {
    const error = await failure(call);
    expect(error).toMatchObject(expected);
    expect(error.hint).toMatch(new RegExp(`^a proxy of the mesh answered /test[.]Echo/\\w+, not echo: ${hint}`));
  }
});
