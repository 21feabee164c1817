import type { EventEmitter } from 'node:events';
import {
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  type Metadata,
  type ServiceError,
  status,
  type StatusObject,
} from '@grpc/grpc-js';
import { drained } from '../streams/backpressure';
import { type CallContext, forwardedOf } from '../protocol/call';
import type { ClientCodec } from '../protocol/codec';
import type { Outgoing } from '../protocol/rpc';
import { explainProxyAnswer } from '../errors/proxy-answer';
import { fromServiceError } from '../errors/status-details';
import { StatusError } from '../errors/status-error';
import { ObservedCall } from '../telemetry/client-call';
import type { MeasuredMethod } from '../telemetry/method';

/** One method, as it goes over the wire. */
export interface WireMethod {
  readonly path: string;
  readonly service: string;
  /** The name of the called service. */
  readonly callee: string;
  /** Whether somebody else runs it. */
  readonly outside: boolean;
  readonly codec: ClientCodec;
  readonly measured: MeasuredMethod;
}

/** Starts to watch a call, which gives it the metadata to send. */
function observe({ measured, outside }: WireMethod, context: CallContext): ObservedCall {
  return new ObservedCall(measured, forwardedOf(context, outside), context.parent?.trace.context);
}

/** A request that cannot be written ends a call that has not begun. */
function begin<T>(observed: ObservedCall, start: (metadata: Metadata) => T): T {
  try {
    return start(observed.metadata);
  } catch (error) {
    observed.end('INTERNAL');
    throw error;
  }
}

interface Cancellable {
  cancel(): void;
}

/** Gives up a call whose requests could not be made; the caller gets that error. */
export type Abandon = (error: unknown) => void;

/** One reply, or the error. */
export function settle(
  method: WireMethod,
  context: CallContext,
  start: (
    metadata: Metadata,
    callback: (error: ServiceError | null, reply?: Buffer) => void,
    abandon: Abandon,
  ) => Cancellable,
): Promise<object> {
  const { codec } = method;
  return new Promise((resolve, reject) => {
    const abandon: Abandon = (error) => {
      reject(toError(error));
      call.cancel();
    };
    const observed = observe(method, context);
    const callback = (error: ServiceError | null, reply?: Buffer): void => {
      unwatch();
      observed.end(status[error?.code ?? status.OK]);
      try {
        if (error) reject(failureOf(error, method, context));
        else resolve(codec.decode(reply as Buffer));
      } catch (thrown) {
        // Nobody catches what is thrown in a callback of grpc-js.
        reject(toError(thrown));
      }
    };
    const call = begin(observed, (metadata) => start(metadata, callback, abandon));
    const unwatch = cancelWith(context, call);
  });
}

type ReplyStream = ClientReadableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>;

/**
 * The replies of a stream, which begins when they are first asked for. Not an async generator: those let nobody leave
 * who waits for the next reply.
 */
export function receive(
  method: WireMethod,
  context: CallContext,
  start: (metadata: Metadata, abandon: Abandon) => ReplyStream,
): AsyncIterableIterator<object> {
  const { codec, measured } = method;
  const over: IteratorReturnResult<undefined> = { done: true, value: undefined };
  let broken: unknown;
  let left = false;
  let opened: { replies: AsyncIterator<Buffer>; close: () => void } | undefined;
  const open = () => {
    const observed = observe(method, context);
    const abandon: Abandon = (error) => {
      broken = error;
      stream.cancel();
    };
    const stream = begin(observed, (metadata) => start(metadata, abandon));
    stream.once('status', ({ code }: StatusObject) => observed.end(status[code]));
    // Cancelling emits an error that nobody may be waiting for any more.
    stream.on('error', () => undefined);
    const unwatch = cancelWith(context, stream);
    const close = (): void => {
      unwatch();
      stream.cancel();
    };
    return { replies: stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>, close };
  };
  const next = async (): Promise<IteratorResult<object, undefined>> => {
    if (left) return over;
    try {
      opened ??= open();
      const reply = await opened.replies.next();
      if (!reply.done) {
        if (measured.messages) measured.messages.received += 1;
        return { done: false, value: codec.decode(reply.value) };
      }
    } catch (error) {
      if (left) return over;
      opened?.close();
      left = true;
      throw broken === undefined ? failureOf(error, method, context) : toError(broken);
    }
    return leave();
  };
  const leave = (): Promise<typeof over> => {
    left = true;
    opened?.close();
    return Promise.resolve(over);
  };
  return {
    next,
    return: leave,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('the requests could not be made', { cause: thrown });
}

/** What a callee said, or that this side gave up. */
function failureOf(error: unknown, method: WireMethod, { signal }: CallContext): Error {
  if (!isServiceError(error)) return toError(error);
  const { service } = method;
  if (error.code !== status.CANCELLED || error.details !== CANCELLED_HERE)
    return fromServiceError(error, service, explainProxyAnswer(error, method));
  const late = signal?.aborted && (signal.reason as Partial<Error> | undefined)?.name === 'TimeoutError';
  if (late) return new StatusError('DEADLINE_EXCEEDED', 'callee.too-late', { service }, { cause: error });
  return new StatusError('CANCELLED', 'callee.cancelled', { service }, { cause: error });
}

/** What grpc-js says when it is this side that cancels. */
const CANCELLED_HERE = 'Cancelled on client';

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && !(error instanceof StatusError);
}

/** Cancels a call when the one that it is made for ends, or when its signal aborts. @returns a function that stops that */
function cancelWith({ parent, ...context }: CallContext, call: Cancellable): () => void {
  const cancel = (): void => call.cancel();
  const unhook = parent?.onAbort(cancel);
  // A call's own signal is not in a copy of its properties; one that somebody has put there is.
  const { signal } = context as Partial<CallContext>;
  if (signal?.aborted) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });
  return () => {
    unhook?.();
    signal?.removeEventListener('abort', cancel);
  };
}

/** Writes requests as fast as the transport takes them, until the call is over. */
export async function send(
  stream: ClientWritableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>,
  requests: Outgoing<object>,
  { codec, measured: { messages } }: WireMethod,
): Promise<void> {
  const iterator = Symbol.asyncIterator in requests ? requests[Symbol.asyncIterator]() : requests[Symbol.iterator]();
  let over = false;
  stream.once('status', () => {
    over = true;
    // The source learns it even while it is waited for.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  });
  for (let next = await iterator.next(); !next.done && !over; next = await iterator.next()) {
    if (messages) messages.sent += 1;
    if (!stream.write(codec.encode(next.value))) await drained(stream, (end) => onStatus(stream, end));
  }
  stream.end();
}

function onStatus(stream: EventEmitter, listener: () => void): () => void {
  stream.once('status', listener);
  return () => stream.off('status', listener);
}
