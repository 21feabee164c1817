import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { callEcho, echo } from '../testing/echo';
import { rootCall } from '../protocol/call';
import { type Served, serve } from '../testing/serve';

// Node's server of HTTP/2 answers a frame that breaks the protocol with GOAWAY and then keeps the connection.

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

let served: Served<typeof callEcho>;

beforeAll(async () => {
  const handlers = {
    say: ({ text }: { text: string }) => ({ text }),
    collect: () => Promise.resolve({}),
    expand: () => [],
    chat: () => [],
  };
  served = await serve(echo, handlers, callEcho, { KEEPALIVE_MS: '200' });
});

afterAll(() => served.stop());

test.each([
  ['settings of a wrong length', '000003047000000000fe5a02'],
  ['a frame that is too long', '00b0e204ee0000000722d2bb9d0ae5'],
])('a connection that sends %s is closed by the keepalive', async (_, frame) => {
  const [host, port] = served.address.split(':');
  const socket = connectSocket(Number(port), host);
  socket.on('error', () => undefined).resume();
  socket.end(Buffer.concat([PREFACE, Buffer.from(frame, 'hex')]));
  await once(socket, 'close');
  expect(await served.client.say({ text: 'still here' }, rootCall({}))).toMatchObject({ text: 'still here' });
});
