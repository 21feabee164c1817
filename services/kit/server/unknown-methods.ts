import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { StatusError } from '../errors/status-error';
import type { StartCall } from './server-calls';

/** A handler as grpc-js stores it. */
interface Registered {
  type: 'bidi';
  func(call: ServerDuplexStream<Buffer, Buffer>): void;
}

/**
 * Refuses calls of unknown methods with UNIMPLEMENTED, counted and logged. grpc-js refuses them by itself without a hook
 * for either, so this replaces the lookup of handlers in grpc-js.
 */
export function answerUnknownMethods(server: Server, startCall: StartCall): void {
  const { handlers } = server as unknown as { handlers: Map<string, Registered> };
  const find = handlers.get.bind(handlers);
  handlers.get = (path) => find(path) ?? { type: 'bidi', func: (call) => refuse(call, path, startCall), ...CODEC };
}

const unchanged = (bytes: Buffer): Buffer => bytes;
const CODEC = { serialize: unchanged, deserialize: unchanged };

function refuse(call: ServerDuplexStream<Buffer, Buffer>, path: string, startCall: StartCall): void {
  const refusal = (): never => {
    throw new StatusError('UNIMPLEMENTED', 'method.unknown', { method: path.slice(0, MAX_SHOWN) });
  };
  startCall(call, refusal, (error) => call.emit('error', error));
}

/** Callers choose the path. */
const MAX_SHOWN = 200;
