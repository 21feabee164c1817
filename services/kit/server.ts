import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Server, status } from '@grpc/grpc-js';
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { MethodKind } from '../../proto/contract';
import { drained } from './backpressure';
import { type Call, createCall, type ServerCall } from './call';
import { kindOf, type ServedContract, type ServiceSpec } from './spec';
import { StatusError, toServiceError } from './status-error';

type UnaryHandler = (request: unknown, call: Call) => unknown;
type StreamHandler = (request: unknown, call: Call) => AsyncIterable<unknown> | Iterable<unknown>;
type AnyHandler = UnaryHandler | StreamHandler;
type HandlerMap = Record<string, AnyHandler>;

/** Wraps one call: `answer` does the work and its outcome is logged and sent. */
type Answer = (server: ServerCall, answer: (call: Call) => Promise<void>, fail: (error: object) => void) => void;

/**
 * Adds what a service serves to a gRPC server.
 *
 * @param handlers a function per method, or per contract key such functions
 * @throws Error that names every method without a handler
 */
export function addHandlers(server: Server, spec: ServiceSpec, handlers: object, log: Logger): void {
  const answer = createAnswer(log);
  for (const served of spec.serves) {
    const own = (served.key === undefined ? handlers : (handlers as Record<string, object>)[served.key]) as HandlerMap;
    server.addService(served.contract.methods, implementation(spec, served, own, answer));
  }
}

function implementation(spec: ServiceSpec, served: ServedContract, handlers: HandlerMap, answer: Answer) {
  const names = Object.keys(served.contract.methods);
  const missing = names.filter((name) => typeof handlers?.[name] !== 'function');
  if (missing.length > 0)
    throw new Error(`${spec.name} has no handler for ${missing.join(', ')} of ${served.contract.fullName}`);
  return Object.fromEntries(
    names.map((name) => {
      const kind = kindOf(served.contract.methods[name]) ?? 'unary';
      return [name, ADAPTERS[kind](handlers[name]?.bind(handlers) as never, answer)];
    }),
  );
}

/** grpc-js's four shapes of handler, from functions and iterables. */
const ADAPTERS: Record<MethodKind, (handler: never, answer: Answer) => UntypedHandleCall> = {
  unary:
    (handler: UnaryHandler, answer): handleUnaryCall<unknown, unknown> =>
    (server, callback) =>
      answer(server, async (call) => reply(server, call, await handler(server.request, call), callback), callback),
  clientStream:
    (handler: UnaryHandler, answer): handleClientStreamingCall<unknown, unknown> =>
    (server, callback) =>
      answer(
        server,
        async (call) => reply(server, call, await handler(requests(server, call), call), callback),
        callback,
      ),
  serverStream:
    (handler: StreamHandler, answer): handleServerStreamingCall<unknown, unknown> =>
    (server) =>
      answer(
        server,
        (call) => replies(server, call, handler(server.request, call)),
        (error) => server.emit('error', error),
      ),
  bidi:
    (handler: StreamHandler, answer): handleBidiStreamingCall<unknown, unknown> =>
    (server) =>
      answer(
        server,
        (call) => replies(server, call, handler(requests(server, call), call)),
        (error) => server.emit('error', error),
      ),
};

function createAnswer(log: Logger): Answer {
  return (server, answer, fail) => {
    const call = createCall(server, log);
    const started = performance.now();
    const done = (code: keyof typeof status, error?: unknown): void => {
      const ms = Math.round((performance.now() - started) * 10) / 10;
      const ours = code === 'INTERNAL' || code === 'UNKNOWN';
      const cause = error instanceof StatusError && error.cause instanceof Error ? { cause: error.cause.message } : {};
      call.log[ours ? 'error' : 'info']({ method: call.path, code, ms, ...cause, ...(ours && { err: error }) }, 'call');
    };
    // A promise even when a handler throws at once.
    Promise.resolve(call)
      .then(answer)
      .then(
        () => done('OK'),
        (thrown: unknown) => {
          // Whatever a handler throws because its caller has gone, that the caller has gone is what happened.
          const error = server.cancelled ? abandoned(call) : thrown;
          done(error instanceof StatusError ? error.code : 'INTERNAL', error);
          fail(toServiceError(error, call.requestId));
        },
      );
  };
}

function reply(server: ServerCall, call: Call, message: unknown, callback: sendUnaryData<unknown>): void {
  if (server.cancelled) throw abandoned(call);
  sendReplyMetadata(server, call);
  callback(null, message);
}

/** The requests of a stream, which ends only if the caller ended it: one that broke off throws. */
async function* requests(
  server: ServerReadableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>,
  call: Call,
): AsyncGenerator {
  const { signal } = call;
  // grpc-js leaves a cancelled stream open, and whoever reads it waiting.
  const breakOff = (): void => void server.destroy(abandoned(call));
  server.on('error', () => undefined);
  if (signal.aborted) breakOff();
  else signal.addEventListener('abort', breakOff, { once: true });
  try {
    // Node would destroy a duplex stream whose requests have ended, and the replies with it.
    yield* server.iterator({ destroyOnReturn: false });
    await refuseReset(server, call);
  } finally {
    signal.removeEventListener('abort', breakOff);
  }
}

/**
 * A Node client that cancels ends its stream properly before it resets it (`Http2Stream.close`), so that the end
 * comes first and the reset right behind it: two turns later where both came in one packet.
 */
async function refuseReset(server: ServerCall, call: Call): Promise<void> {
  for (let turn = 0; turn < 3 && !server.cancelled; turn += 1) await nextTurn();
  if (server.cancelled) throw abandoned(call);
}

/** Sends replies as fast as the transport takes them, and stops the handler when the caller has gone. */
async function replies(
  server: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>,
  call: Call,
  messages: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<void> {
  const { signal } = call;
  let first = true;
  for await (const message of messages) {
    if (signal.aborted) throw abandoned(call);
    if (first) sendReplyMetadata(server, call);
    first = false;
    if (!server.write(message)) await drained(server, 'cancelled');
  }
  if (signal.aborted) throw abandoned(call);
  if (first) sendReplyMetadata(server, call);
  server.end();
}

/** Why nobody waits for the answer any more. */
function abandoned({ deadline }: Call): StatusError {
  if (deadline && deadline.getTime() <= Date.now()) return new StatusError('DEADLINE_EXCEEDED', 'call.too-late');
  return new StatusError('CANCELLED', 'call.cancelled');
}

function sendReplyMetadata(server: ServerCall, call: Call): void {
  if (Object.keys(call.replyMetadata.getMap()).length > 0) server.sendMetadata(call.replyMetadata);
}
