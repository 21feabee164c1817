import type { DescMethod } from '@bufbuild/protobuf';
import { hasManyReplies, hasOneRequest } from '../declaration/contract';
import { type CallContext, forwardedOf, refuseHopByHop } from '../protocol/call';
import {
  asStreams,
  type ClientInterceptor,
  intercept,
  type MessageStream,
  oneMessage,
  onlyMessage,
  type OutgoingCall,
} from '../protocol/interceptor';
import type { DynamicMethod, Outgoing } from '../protocol/rpc';
import { openOnDemand } from '../streams/open-on-demand';
import { untilAborted } from '../streams/until-aborted';
import { cancelWith } from './run-call';

/** A client's method that interceptors wrap. */
export interface InterceptedMethod {
  readonly method: DescMethod;
  readonly interceptors: readonly ClientInterceptor[];
  /** Whether Weft does not deploy the callee. */
  readonly isOutside: boolean;
  /** In milliseconds since 1970, or Infinity. */
  deadlineOf(context: CallContext): number;
}

/** Runs a call once its interceptors have passed it on. */
type RunCall = (requestOrRequests: never, call: CallContext) => unknown;

/** Puts interceptors around a client's method. The chain is built once, not for each call. */
export function interceptMethod(intercepted: InterceptedMethod, run: RunCall): DynamicMethod {
  const { method, interceptors } = intercepted;
  const send = (requestOrRequests: never, call: OutgoingCall): unknown => run(requestOrRequests, contextOf(call));
  const chain = intercept(interceptors, asStreams<OutgoingCall>(method, send));
  const start = (requestOrRequests: never, context: CallContext) => {
    const { call, close } = openCall(intercepted, context);
    return { replies: chain(requestsOf(method, requestOrRequests, call), call), close };
  };
  return hasManyReplies(method) ? manyReplies(start) : oneReply(method, start);
}

type Start = (requestOrRequests: never, context: CallContext) => { replies: MessageStream; close(): void };

function oneReply(method: DescMethod, start: Start): DynamicMethod {
  return async (requestOrRequests, context) => {
    const { replies, close } = start(requestOrRequests, context);
    try {
      return await onlyMessage(method, 'reply', replies);
    } finally {
      close();
    }
  };
}

function manyReplies(start: Start): DynamicMethod {
  return (request, context) =>
    openOnDemand(() => {
      const { replies, close } = start(request, context);
      return { items: replies[Symbol.asyncIterator](), convert: unchanged, convertError: unchanged, close };
    });
}

const unchanged = <T>(value: T): T => value;

/** What interceptors get. Closing it cancels what they have left running. */
function openCall({ method, isOutside, deadlineOf }: InterceptedMethod, context: CallContext) {
  const controller = new AbortController();
  const abort = (): void => controller.abort(context.signal?.reason);
  const stopWatching = cancelWith(context, { cancel: abort });
  const deadline = deadlineOf(context);
  const call: OutgoingCall = {
    method,
    metadata: forwardedOf(context, isOutside).clone(),
    deadline: deadline === Infinity ? undefined : new Date(deadline),
    signal: controller.signal,
    forwarded: forwardedOf(context),
    ...(context.own && { own: context.own }),
    ...(context.parent && { parent: context.parent }),
  };
  const close = (): void => {
    stopWatching();
    controller.abort();
  };
  return { call, close };
}

/** The context under which a call is sent: with exactly the metadata that its interceptors have left. */
function contextOf({ metadata, deadline, signal, parent }: OutgoingCall): CallContext {
  refuseHopByHop(metadata);
  return { forwarded: metadata, own: true, deadline, signal, ...(parent && { parent }) };
}

function requestsOf(method: DescMethod, requestOrRequests: object, { signal }: OutgoingCall): MessageStream {
  if (hasOneRequest(method)) return oneMessage(() => requestOrRequests);
  return untilAborted(requestOrRequests as Outgoing<object>, signal);
}
