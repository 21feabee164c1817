import { createClient } from './client';
import { type ConnectOptions, openChannel } from './channel';
import { type Environment, targetOf } from './target';
import type { DynamicClient } from '../protocol/rpc';
import type { CallSpec, ServiceSpec } from '../declaration';

/** The clients of all callees of a service. */
export interface Connections {
  /** By the names in `calls`. */
  readonly clients: Readonly<Record<string, DynamicClient>>;
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
  const clients = Object.entries(spec.calls).map(([name, call]) => [
    name,
    createClient(channelOf(call), call, options),
  ]);
  return {
    clients: Object.fromEntries(clients) as Connections['clients'],
    close: () => channels.forEach((channel) => channel.close()),
  };
}
