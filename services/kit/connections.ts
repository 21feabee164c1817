import type { BytesClient } from './client';
import { createClients } from './client';
import { type ConnectOptions, openChannel } from './channel';
import { type Environment, targetOf } from './target';
import { mapValues } from './record';
import type { CallSpec, ServiceSpec } from './spec';

/** The clients of everything that a service calls. */
export interface Connections {
  /** By the names in `calls`. */
  readonly clients: Readonly<Record<string, unknown>>;
  /** The same, with messages as bytes; made only for who asks. */
  readonly bytesClients: Readonly<Record<string, BytesClient>>;
  close(): void;
}

/** Opens one channel for each callee, however many entries of `calls` lead to it. */
export function connectAll(
  spec: ServiceSpec,
  namespace: string,
  environment: Environment,
  options: ConnectOptions,
): Connections {
  const channels = new Map<string, ReturnType<typeof openChannel>>();
  const channelOf = ({ service: { name } }: CallSpec) => {
    const channel = channels.get(name) ?? openChannel(targetOf(name, namespace, environment), options);
    channels.set(name, channel);
    return channel;
  };
  const connections = mapValues(spec.calls, (call) => createClients(channelOf(call), call, options));
  return {
    clients: mapValues(connections, ({ client }) => client),
    get bytesClients() {
      return mapValues(connections, ({ bytes }) => bytes);
    },
    close: () => channels.forEach((channel) => channel.close()),
  };
}
