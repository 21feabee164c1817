import { type ChannelOptions, Client, compressionAlgorithms, credentials } from '@grpc/grpc-js';
import type { ClientInterceptor } from '../protocol/interceptor';

/** How to connect. */
export interface ConnectOptions {
  /** The name of the calling service, which callees log. */
  readonly caller?: string;
  /** Compresses requests. Servers made with grpc-js read compressed messages but never send them. */
  readonly gzip?: boolean;
  /** The largest reply to accept, and the largest request to send, in bytes. */
  readonly maxMessageBytes?: number;
  /** Whether requests are checked for mistakes that would otherwise pass silently. */
  readonly strict?: boolean;
  /** Wrap every call. The first is outermost. */
  readonly interceptors?: readonly ClientInterceptor[];
}

/** Opens the channel that all clients of a callee share. It connects with the first call. */
export function openChannel(target: string, options: ConnectOptions): Client {
  return new Client(target, credentials.createInsecure(), channelOptions(options));
}

function channelOptions({ caller, gzip, maxMessageBytes }: ConnectOptions): ChannelOptions {
  return {
    // The backoff does not grow. In a rollout, callers must have reconnected to a new replica before the next old one
    // leaves, which takes only as long as its drain delay.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 100,
    // Balances over all addresses of a callee where no sidecar does.
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    // Servers refuse clients that ping more often than every five minutes, or without a call. The server's pings
    // (`listener.ts`) keep NATs from dropping a connection, and no client refuses those.
    'grpc.keepalive_time_ms': 6 * 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    ...(caller === undefined ? {} : { 'grpc.primary_user_agent': caller }),
    ...(gzip ? { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip } : {}),
    ...(maxMessageBytes === undefined
      ? {}
      : { 'grpc.max_receive_message_length': maxMessageBytes, 'grpc.max_send_message_length': maxMessageBytes }),
  };
}
