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
import { openOnDemand } from '../streams/open-on-demand';
import { type CallContext, forwardedOf } from '../protocol/call';
import type { ClientCodec } from '../protocol/codec';
import type { Outgoing } from '../protocol/rpc';
import { isServiceError } from '../errors/foreign-error';
import { explainProxyAnswer } from '../errors/proxy-answer';
import { fromServiceError } from '../errors/status-details';
import { StatusError } from '../errors/status-error';
import { ObservedCall } from '../telemetry/client-call';
import type { MeasuredMethod } from '../telemetry/method';

/** One method of a callee, as grpc-js calls it. */
export interface WireMethod {
  readonly path: string;
  readonly service: string;
  /** The name of the called service. */
  readonly callee: string;
  /** Whether Weft does not deploy the callee. */
  readonly isOutside: boolean;
  readonly codec: ClientCodec;
  readonly measured: MeasuredMethod;
}

/** Starts the telemetry of a call, which completes the metadata to send. */
function observe({ measured, isOutside }: WireMethod, context: CallContext): ObservedCall {
  return new ObservedCall(measured, forwardedOf(context, isOutside), context.parent?.trace.context);
}

/** Starts a call. A request that cannot be encoded ends it before anything is sent. */
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

/** Cancels a call whose requests could not be made. The caller gets this error. */
export type Abort = (error: unknown) => void;

type ReplyCallback = (error: ServiceError | null, reply?: Buffer) => void;

/** Runs a call that has one reply. */
export function runForReply(
  method: WireMethod,
  context: CallContext,
  start: (metadata: Metadata, callback: ReplyCallback, abort: Abort) => Cancellable,
): Promise<object> {
  return new Promise((resolve, reject) => {
    const abort: Abort = (error) => {
      reject(toError(error));
      call.cancel();
    };
    const observed = observe(method, context);
    const callback: ReplyCallback = (error, reply) => {
      stopWatching();
      observed.end(status[error?.code ?? status.OK]);
      try {
        if (error) reject(failureOf(error, method, context));
        else resolve(method.codec.decode(reply as Buffer));
      } catch (thrown) {
        // grpc-js would not catch it.
        reject(toError(thrown));
      }
    };
    const call = begin(observed, (metadata) => start(metadata, callback, abort));
    const stopWatching = cancelWith(context, call);
  });
}

type ReplyStream = ClientReadableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>;

/** Runs a call that has a stream of replies. It starts when the first is asked for. */
export function runForReplies(
  method: WireMethod,
  context: CallContext,
  start: (metadata: Metadata, abort: Abort) => ReplyStream,
): AsyncIterableIterator<object> {
  return openOnDemand(() => {
    let abortedBy: unknown;
    const observed = observe(method, context);
    const abort: Abort = (error) => {
      abortedBy = error;
      stream.cancel();
    };
    const stream = begin(observed, (metadata) => start(metadata, abort));
    stream.once('status', ({ code }: StatusObject) => observed.end(status[code]));
    // Cancelling emits an error that may have no reader any more.
    stream.on('error', () => undefined);
    const stopWatching = cancelWith(context, stream);
    const replies = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    return {
      // Only `next`: closing cancels the stream, which ends its iterator.
      items: { next: () => replies.next() },
      convert: (bytes) => readReply(bytes, method),
      convertError: (error) => (abortedBy === undefined ? failureOf(error, method, context) : toError(abortedBy)),
      close: () => {
        stopWatching();
        stream.cancel();
      },
    };
  });
}

function readReply(bytes: Buffer, { codec, measured: { messages } }: WireMethod): object {
  if (messages) messages.received += 1;
  return codec.decode(bytes);
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('the requests could not be made', { cause: thrown });
}

/** The callee's error, or the cancellation by this side. */
function failureOf(error: unknown, method: WireMethod, { signal }: CallContext): Error {
  if (!isServiceError(error)) return toError(error);
  const { service } = method;
  if (error.code !== status.CANCELLED || error.details !== CANCELLED_HERE)
    return fromServiceError(error, service, explainProxyAnswer(error, method));
  const isTimeout = signal?.aborted && (signal.reason as Partial<Error> | undefined)?.name === 'TimeoutError';
  if (isTimeout) return new StatusError('DEADLINE_EXCEEDED', 'callee.too-late', { service }, { cause: error });
  return new StatusError('CANCELLED', 'callee.cancelled', { service }, { cause: error });
}

/** The details that grpc-js gives when its own side cancels. */
const CANCELLED_HERE = 'Cancelled on client';

/** Cancels a call when its parent ends or its signal aborts. @returns a function that stops watching both */
export function cancelWith({ parent, ...context }: CallContext, call: Cancellable): () => void {
  const cancel = (): void => call.cancel();
  const unhook = parent?.onAbort(cancel);
  // An incoming call has its signal as a getter, which the rest pattern leaves out: its parent covers that one.
  const { signal } = context as Partial<CallContext>;
  if (signal?.aborted) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });
  return () => {
    unhook?.();
    signal?.removeEventListener('abort', cancel);
  };
}

/** Writes requests as fast as the transport takes them, until the call is over. */
export async function sendRequests(
  stream: ClientWritableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>,
  requests: Outgoing<object>,
  { codec, measured: { messages } }: WireMethod,
): Promise<void> {
  const iterator = Symbol.asyncIterator in requests ? requests[Symbol.asyncIterator]() : requests[Symbol.iterator]();
  let isOver = false;
  stream.once('status', () => {
    isOver = true;
    // At once, since the loop below may be waiting for the next request.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  });
  for (let next = await iterator.next(); !next.done && !isOver; next = await iterator.next()) {
    if (messages) messages.sent += 1;
    if (!stream.write(codec.encode(next.value))) await drained(stream, (end) => onStatus(stream, end));
  }
  stream.end();
}

function onStatus(stream: EventEmitter, listener: () => void): () => void {
  stream.once('status', listener);
  return () => stream.off('status', listener);
}
