import type { DescMethod } from '@bufbuild/protobuf';
import type {
  sendUnaryData,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import type { CallTraffic } from './call-lifecycle';
import { hasManyReplies, hasOneRequest } from '../declaration/contract';
import type { Call, IncomingCall, ServerCall } from '../protocol/call';
import type { ServerCodec } from '../protocol/codec';
import {
  asStreams,
  intercept,
  oneMessage,
  onlyMessage,
  type ServedCall,
  type ServerInterceptor,
} from '../protocol/interceptor';
import type { Outgoing } from '../protocol/rpc';
import { encodeReply, sendReplies, sendReply } from './replies';
import { readRequest, readRequests } from './requests';
import type { StartCall } from './server-calls';

/** A handler of any kind. */
export type AnyHandler = (requestOrRequests: object, call: Call) => unknown;

/** What the calls of one method go through, from grpc-js to the handler and back. */
export interface MethodParts {
  readonly method: DescMethod;
  readonly handler: AnyHandler;
  readonly startCall: StartCall;
  readonly codec: ServerCodec;
  readonly interceptors: readonly ServerInterceptor[];
}

/** Makes grpc-js's handler for one method. */
export function createGrpcHandler(parts: MethodParts): UntypedHandleCall {
  const invoke = parts.interceptors.length === 0 ? createInvoke(parts) : createInterceptedInvoke(parts);
  return hasManyReplies(parts.method) ? answerWithStream(parts, invoke) : answerWithOne(parts, invoke);
}

/** Reads the requests of a call and passes them on. @returns a promise of one reply, or an iterable of replies */
type Invoke = (server: ServerCall, call: IncomingCall, traffic: CallTraffic) => unknown;

function createInvoke({ method, handler, codec }: MethodParts): Invoke {
  return hasOneRequest(method)
    ? (server, call, traffic) => handler(readRequest(requestOf(server), codec, traffic), call)
    : (server, call, traffic) => handler(readRequests(server as GrpcStream, call, codec, traffic), call);
}

/** The chain of interceptors is built once, not for each call. */
function createInterceptedInvoke({ method, handler, codec, interceptors }: MethodParts): Invoke {
  const chain = intercept(interceptors, asStreams<ServedCall>(method, handler));
  return (server, call, traffic) => {
    const requests = hasOneRequest(method)
      ? oneMessage(() => readRequest(requestOf(server), codec, traffic))
      : readRequests(server as GrpcStream, call, codec, traffic);
    const replies = chain(requests, call as ServedCall);
    return hasManyReplies(method) ? replies : onlyMessage(method, 'reply', replies);
  };
}

type GrpcStream = ServerDuplexStream<Buffer, Buffer>;

function requestOf(server: ServerCall): Buffer {
  return (server as ServerUnaryCall<Buffer, Buffer>).request;
}

function answerWithOne({ startCall, codec }: MethodParts, invoke: Invoke) {
  return (server: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void =>
    startCall(
      server,
      async (call, traffic) => {
        const reply = await invoke(server, call, traffic);
        sendReply(server, call, encodeReply(reply, codec, traffic), callback);
      },
      callback,
    );
}

function answerWithStream({ startCall, codec }: MethodParts, invoke: Invoke) {
  return (server: ServerWritableStream<Buffer, Buffer>): void =>
    startCall(
      server,
      (call, traffic) => sendReplies(server, call, invoke(server, call, traffic) as Outgoing<object>, codec, traffic),
      (error) => server.emit('error', error),
    );
}
