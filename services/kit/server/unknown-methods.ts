import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import type { Answer } from './answer';
import { StatusError } from '../errors/status-error';

/** A handler as grpc-js keeps it. */
interface Registered {
  type: 'bidi';
  func(call: ServerDuplexStream<Buffer, Buffer>): void;
}

/**
 * Answers the calls of methods that nobody serves. grpc-js would do that before anybody could count or log them, and
 * has no hook for it, so the handler is put where grpc-js looks for one.
 */
export function answerUnknownMethods(server: Server, answer: Answer): void {
  const { handlers } = server as unknown as { handlers: Map<string, Registered> };
  const find = handlers.get.bind(handlers);
  handlers.get = (path) => find(path) ?? { type: 'bidi', func: (call) => refuse(call, path, answer), ...CODEC };
}

const unchanged = (bytes: Buffer): Buffer => bytes;
const CODEC = { serialize: unchanged, deserialize: unchanged };

function refuse(call: ServerDuplexStream<Buffer, Buffer>, path: string, answer: Answer): void {
  const refusal = (): never => {
    throw new StatusError('UNIMPLEMENTED', 'method.unknown', { method: path.slice(0, MAX_SHOWN) });
  };
  answer(call, refusal, (error) => call.emit('error', error));
}

/** A path is whatever a caller sends. */
const MAX_SHOWN = 200;
