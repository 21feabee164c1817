import pino, { type Logger } from 'pino';
import { comments } from '../../../proto/gen/comments';
import { connect } from '../../kit/client/client';
import type { DynamicClient, Handlers } from '../../kit/protocol/rpc';
import { StatusError } from '../../kit/errors/status-error';
import type { userInfo } from '../../user-info/service';
import { bindingsOf } from '../routing/bindings';
import { createGateway } from '../server';
import { gateway } from '../service';
import { type GatewaySettings, SETTINGS } from '../settings';

/** A gateway under test. */
export interface ServedGateway {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What a test may say of it. */
export interface Options {
  health?: { serving: boolean };
  log?: Logger;
  settings?: Partial<GatewaySettings>;
}

// Nothing listens on port 1.
const NOBODY = '127.0.0.1:1';

/**
 * Serves the gateway on a free port of loopback, for tests.
 *
 * @param addresses where its callees are, by their names in `calls`; who has none does not answer
 */
export async function serveGateway(
  addresses: Readonly<Record<string, string>>,
  { health = { serving: true }, log = pino({ level: 'silent' }), settings = {} }: Options = {},
): Promise<ServedGateway> {
  const callees = Object.entries(gateway.calls);
  const connections = callees.map(([name, call]) => [name, connect(call, addresses[name] ?? NOBODY)] as const);
  const clients = Object.fromEntries(
    connections.map(([name, connection]) => [name, connection.client as unknown as DynamicClient]),
  );
  const app = createGateway({
    bindings: bindingsOf(gateway.calls),
    comments,
    clients,
    health,
    log,
    settings: { ...SETTINGS.parse({}), ...settings },
  });
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
