import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { Call } from '../kit/call';
import { serve, type Served } from '../kit/serve';
import { StatusError } from '../kit/status-error';
import { userInfo } from '../user-info/service';
import { type ServedGateway, serveGateway, usersThat } from './serve';

const nothing = userInfo.only();

let users: Served<typeof nothing>;
let gateway: ServedGateway;
/** What the next streamUsers sends, and what the next getUserInfo waits for. */
let stream: (call: Call) => AsyncIterable<string>;
let left: Promise<void>;

beforeAll(async () => {
  let leave: () => void;
  const gone = async (call: Call): Promise<never> => {
    leave();
    await once(call.signal, 'abort');
    aborted();
    throw new StatusError('CANCELLED', 'test.gone');
  };
  let aborted: () => void = () => undefined;
  void gone;
  void aborted;
  leave = () => undefined;
  const handlers = usersThat({
    streamUsers: async function* (_, call) {
      for await (const userId of stream(call)) yield { users: [{ userId }] };
    },
  });
  users = await serve(userInfo, handlers, nothing);
  gateway = await serveGateway({ users: users.address });
});
