import type { Call } from '../../kit/protocol/call';
import { serve } from '../../kit/testing/serve';
import { userInfo } from '../../user-info/service';
import { type Options, type ServedGateway, serveGateway, usersThat } from './serve';

/** What a stream sends: a user for each id. */
export type Send = (call: Call) => AsyncIterable<string> | Iterable<string>;

/** A gateway before users whose streams send what a test says; getUserInfo takes as long as that and answers nothing. */
export async function serveStreams(send: Send, options?: Options): Promise<ServedGateway> {
  const handlers = usersThat({
    getUserInfo: async (_, call) => {
      for await (const _ of send(call));
      return {};
    },
    streamUsers: async function* (_, call) {
      for await (const userId of send(call)) yield { users: [{ userId }] };
    },
  });
  const users = await serve(userInfo, handlers, userInfo.only());
  const gateway = await serveGateway({ users: users.address }, options);
  return {
    ...gateway,
    async stop() {
      await gateway.stop();
      await users.stop();
    },
  };
}
