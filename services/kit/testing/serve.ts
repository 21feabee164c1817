import { connect } from '../client/client';
import type { Client, Handlers } from '../protocol/rpc';
import type { RunOptions } from '../runtime/service-types';
import { startService } from '../runtime/start-service';
import type { CallSpec, ServiceSpec } from '../declaration';

/** A service under test. */
export interface Served<C extends CallSpec> {
  readonly client: Client<C>;
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * Serves handlers on a free port of loopback, for tests: real calls, without a process or a store.
 *
 * @param calls what the client may call, `spec.only(...)`
 * @param environment settings of the service
 * @param options interceptors of the service, and of the returned client
 */
export async function serve<T extends ServiceSpec, C extends CallSpec>(
  spec: T,
  handlers: Handlers<T>,
  calls: C,
  environment: Readonly<Record<string, string>> = {},
  { interceptors = [], clientInterceptors = [] }: Pick<RunOptions<unknown>, 'interceptors' | 'clientInterceptors'> = {},
): Promise<Served<C>> {
  const withoutStore = { ...spec, store: undefined };
  const service = await startService(withoutStore, () => handlers as never, {
    environment: { GRPC_PORT: '0', LOG_LEVEL: 'silent', ...environment },
    signal: new AbortController().signal,
    interceptors,
  });
  const address = `127.0.0.1:${service.port}`;
  const connection = connect(calls, address, { interceptors: clientInterceptors });
  const stop = async (): Promise<void> => {
    connection.close();
    await service.stop();
  };
  return { client: connection.client, address, stop };
}
