import pino, { type Logger } from 'pino';
import { descriptorSet } from '../../proto/gen/descriptors';
import { connect } from '../kit/client';
import type { Handlers } from '../kit/rpc';
import { StatusError } from '../kit/status-error';
import { createTranscoder } from '../kit/transcode';
import type { userInfo } from '../user-info/service';
import { bindingsOf } from './bindings';
import { createGateway } from './server';
import { gateway } from './service';

/** A gateway under test. */
export interface ServedGateway {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  stop(): Promise<void>;
}

const codecOf = createTranscoder(descriptorSet);

// Nothing listens on port 1.
const NOBODY = '127.0.0.1:1';

/**
 * Serves the gateway on a free port of loopback, for tests.
 *
 * @param addresses where its callees are, by their names in `calls`; who has none does not answer
 */
export async function serveGateway(
  addresses: Readonly<Record<string, string>>,
  { health = { serving: true }, log = pino({ level: 'silent' }) }: { health?: { serving: boolean }; log?: Logger } = {},
): Promise<ServedGateway> {
  const callees = Object.entries(gateway.calls);
  const connections = callees.map(([name, call]) => [name, connect(call, addresses[name] ?? NOBODY)] as const);
  const clients = Object.fromEntries(connections.map(([name, connection]) => [name, connection.bytes]));
  const app = createGateway({ bindings: bindingsOf(gateway.calls), clients, codecOf, health, log });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const stop = async (): Promise<void> => {
    await app.close();
    for (const [, connection] of connections) connection.close();
  };
  return { url, stop };
}

/** Handlers for some methods of UserInfoService; the others are UNIMPLEMENTED. */
export function usersThat(info: Partial<Handlers<typeof userInfo>['info']>): Handlers<typeof userInfo> {
  const refuse = (): never => {
    throw new StatusError('UNIMPLEMENTED', 'test.no-handler');
  };
  return {
    info: {
      getUserInfo: refuse,
      getUserInfoBatch: refuse,
      updateUserInfo: refuse,
      searchUsers: refuse,
      streamUsers: refuse,
      ...info,
    },
    accounts: { getUser: refuse, listUsers: refuse, createUser: refuse },
  };
}
