import { type ChannelOptions, Client, compressionAlgorithms, credentials } from '@grpc/grpc-js';

/** How to connect. */
export interface ConnectOptions {
  /** The name of the service that calls; callees log it. */
  readonly caller?: string;
  /** Compresses requests. Servers made with grpc-js read compressed messages, and never send them. */
  readonly gzip?: boolean;
  /** The largest reply to accept, and the largest request to send, in bytes. */
  readonly maxMessageBytes?: number;
  /** Whether requests are looked through for mistakes that would pass in silence. */
  readonly strict?: boolean;
}

/** Opens the one channel that all clients of a callee share; it connects when first used. */
export function openChannel(target: string, options: ConnectOptions): Client {
  return new Client(target, credentials.createInsecure(), channelOptions(options));
}

function channelOptions({ caller, gzip, maxMessageBytes }: ConnectOptions): ChannelOptions {
  return {
    // No longer at the tenth failure than at the first: a replica that is back has to have its callers back before the
    // next one of a rollout leaves, which may be as soon as its drain delay is over.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 100,
    // One channel a callee is balanced over all its addresses where there is no sidecar to do it.
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    // Servers refuse clients that ping more often than every five minutes, or without a call. What keeps NATs from
    // forgetting a connection is the server's ping (`listener.ts`), which no client refuses.
    'grpc.keepalive_time_ms': 6 * 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    ...(caller === undefined ? {} : { 'grpc.primary_user_agent': caller }),
    ...(gzip ? { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip } : {}),
    ...(maxMessageBytes === undefined
      ? {}
      : { 'grpc.max_receive_message_length': maxMessageBytes, 'grpc.max_send_message_length': maxMessageBytes }),
  };
}
