import type { DescMethod } from '@bufbuild/protobuf';
import type { Metadata } from '@grpc/grpc-js';
import { hasManyReplies, hasOneRequest, pathOf } from '../declaration/contract';
import type { Call, CallContext } from './call';

/** The requests or the replies of a call. Where a method has one request or one reply, this has one message. */
export type MessageStream = AsyncIterable<object>;

/** What interceptors of servers and of clients know about a call. */
export interface InterceptedCall {
  /** Its contract's descriptor: `method.name`, `method.methodKind`, `method.parent.typeName`. */
  readonly method: DescMethod;
  /** On a server, what the caller sent; on a client, what will be sent. */
  readonly metadata: Metadata;
  readonly deadline: Date | undefined;
  /** Aborts when the caller has left or the deadline has passed. */
  readonly signal: AbortSignal;
}

/** A call that a server answers; the handler gets the same object. */
export interface ServedCall extends Call, InterceptedCall {
  readonly signal: AbortSignal;
  /** Setting it also sets the `user-id` that calls made for this one carry. */
  user: { readonly id: string } | undefined;
}

/** A call that a client makes. A copy with another `deadline`, `metadata` or `signal` may be passed on. */
export interface OutgoingCall extends CallContext, InterceptedCall {
  readonly signal: AbortSignal;
}

/** The next interceptor, or the call itself. It starts when its replies are first asked for. */
export type Next<C> = (requests: MessageStream, call: C) => MessageStream;

/**
 * Wraps every call of a server or a client, whatever its kind: a function from requests to replies, like the handler
 * of a bidirectional stream.
 *
 * ```ts
 * const timing: ServerInterceptor = async function* (requests, call, next) {
 *   const started = performance.now();
 *   yield* next(requests, call);
 *   call.log.info({ method: call.method.name, ms: performance.now() - started }, 'timed');
 * };
 * ```
 */
export type Interceptor<C extends InterceptedCall> = (requests: MessageStream, call: C, next: Next<C>) => MessageStream;

/** An interceptor for `run(service, create, { interceptors })`. */
export type ServerInterceptor = Interceptor<ServedCall>;

/** An interceptor for `run(service, create, { clientInterceptors })` or `connect(…, { interceptors })`. */
export type ClientInterceptor = Interceptor<OutgoingCall>;

/** Puts interceptors around a call, the first outermost. */
export function intercept<C extends InterceptedCall>(interceptors: readonly Interceptor<C>[], call: Next<C>): Next<C> {
  return interceptors.reduceRight<Next<C>>(
    (next, interceptor) => (requests, each) => interceptor(requests, each, next),
    call,
  );
}

/** A handler, or a client's method, of any kind. */
type AnyFunction<C> = (requestOrRequests: never, call: C) => unknown;

/** Gives a function of any kind the shape that interceptors see. */
export function asStreams<C>(method: DescMethod, run: AnyFunction<C>): Next<C> {
  const isStream = hasManyReplies(method);
  return async function* (requests, call) {
    const input = hasOneRequest(method) ? await onlyMessage(method, 'request', requests) : requests;
    const output = run(input as never, call);
    if (isStream) yield* output as MessageStream;
    else yield (await output) as object;
  };
}

/** A stream of one message, which is made when it is first asked for. */
export function oneMessage(make: () => object): MessageStream {
  return {
    async *[Symbol.asyncIterator]() {
      yield make();
    },
  };
}

/** Reads a stream of one message to its end. @throws Error when an interceptor has dropped or added messages */
export async function onlyMessage(
  method: DescMethod,
  what: 'request' | 'reply',
  messages: MessageStream,
): Promise<object> {
  const all: object[] = [];
  for await (const message of messages) all.push(message);
  const [message] = all;
  if (all.length === 1) return message as object;
  throw new Error(`the interceptors of ${pathOf(method)} must pass on exactly one ${what}, not ${all.length}`);
}
