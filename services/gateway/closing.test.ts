import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { serve, type Served } from '../kit/serve';
import { userInfo } from '../user-info/service';
import { type ServedGateway, serveGateway, usersThat } from './fixtures/serve';

const nothing = userInfo.only();

let users: Served<typeof nothing>;
let gateway: ServedGateway;
let begun: Promise<void>;
let proceed: () => void;

beforeEach(async () => {
  let begin: () => void;
  begun = new Promise((resolve) => (begin = resolve));
  const proceeding = new Promise<void>((resolve) => (proceed = resolve));
  const handlers = usersThat({
    streamUsers: async function* () {
      yield { users: [] };
      begin();
      await proceeding;
    },
    getUserInfo: async ({ userId }) => {
      begin();
      await proceeding;
      return { user: { userId } };
    },
  });
  users = await serve(userInfo, handlers, nothing);
  gateway = await serveGateway({ users: users.address });
});

afterEach(() => users.stop());

async function openSocket(): Promise<Socket> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

test('does not wait for a socket that a browser has opened ahead of need', async () => {
  const unused = await openSocket();
  const closed = once(unused, 'close');
  await gateway.stop();
  await closed;
});

test('does not wait for a socket whose requests have been answered', async () => {
  const idle = await openSocket();
  // Twice, since until then it is kept.
  for (const _ of [1, 2]) {
    idle.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
    const [answer] = (await once(idle, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
  }
  const closed = once(idle, 'close');
  await gateway.stop();
  await closed;
});

// Both over connections that the client would keep.
test.each([
  ['an answer', '/v1/users/u-1', '"userId":"u-1"'],
  ['a stream', '/v1/users:stream', 'event: end'],
])('waits for the end of %s that is under way, and no longer', async (_, path, text) => {
  const answer = fetch(`${gateway.url}${path}`).then((response) => response.text());
  await begun;
  const stopped = gateway.stop();
  proceed();
  expect(await answer).toContain(text);
  await stopped;
});

test('takes nothing new', async () => {
  await gateway.stop();
  await expect(fetch(`${gateway.url}/livez`)).rejects.toThrow('fetch failed');
});
