import { createClient } from './client';
import { type ConnectOptions, openChannel } from './channel';
import { type Environment, targetOf } from './target';
import { mapValues } from '../runtime/map-values';
import type { DynamicClient } from '../protocol/rpc';
import type { CallSpec, ServiceSpec } from '../declaration';

/** The clients of everything that a service calls. */
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
  return {
    clients: mapValues(spec.calls, (call) => createClient(channelOf(call), call, options)),
    close: () => channels.forEach((channel) => channel.close()),
  };
}
