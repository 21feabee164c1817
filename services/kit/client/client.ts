import type { CallOptions, Client as GrpcClient } from '@grpc/grpc-js';
import type { DescMethod } from '@bufbuild/protobuf';
import type { CallContext } from '../protocol/call';
import { type ConnectOptions, openChannel } from './channel';
import { createClientCodec } from '../protocol/codec';
import { pathOf } from '../declaration/contract';
import { interceptMethod } from './intercept-method';
import { runForReplies, runForReply, sendRequests, type WireMethod } from './run-call';
import type { Client, DynamicClient, DynamicMethod, Outgoing } from '../protocol/rpc';
import type { CalledMethod, CallSpec } from '../declaration';
import { clientMeasures } from '../telemetry/client-call';

/** A client and the connection under it. */
export interface Connection<T extends CallSpec = CallSpec> {
  readonly client: Client<T>;
  close(): void;
}

/**
 * Connects to a callee. The connection opens with the first call.
 *
 * @param target such as `dns:///user-info.weft.svc.cluster.local:50051`
 * @throws Error that lists the methods that the callee does not have
 */
export function connect<T extends CallSpec>(spec: T, target: string, options: ConnectOptions = {}): Connection<T> {
  if (spec.faults?.length) throw new Error(spec.faults.map(({ message, fix }) => `${message}; ${fix}`).join('\n'));
  const channel = openChannel(target, options);
  return { client: createClient(channel, spec, options) as unknown as Client<T>, close: () => channel.close() };
}

/** Creates the methods of a callee on a channel to it. */
export function createClient(
  channel: GrpcClient,
  { methods, service }: CallSpec,
  options: Pick<ConnectOptions, 'strict' | 'interceptors'>,
): DynamicClient {
  const callee = { callee: service.name, isOutside: service.external !== undefined };
  return Object.fromEntries(
    methods.map((called) => [called.method.localName, createMethod(channel, called, options, callee)]),
  );
}

function createMethod(
  channel: GrpcClient,
  { method, timeoutMs }: CalledMethod,
  { strict = false, interceptors = [] }: Pick<ConnectOptions, 'strict' | 'interceptors'>,
  callee: Pick<WireMethod, 'callee' | 'isOutside'>,
): DynamicMethod {
  const codec = createClientCodec(method, strict);
  const measured = clientMeasures().of(method);
  const wire: WireMethod = { path: pathOf(method), service: method.parent.typeName, ...callee, codec, measured };
  const run = CALLERS[method.methodKind];
  if (interceptors.length === 0)
    return (request, context) => run(channel, wire, request, context, deadlineOf(context, timeoutMs));
  return interceptMethod(
    {
      method,
      interceptors,
      isOutside: callee.isOutside,
      deadlineOf: (context) => deadlineOf(context, timeoutMs),
    },
    (request, call) => run(channel, wire, request, call, call.deadline?.getTime() ?? Infinity),
  );
}

type Caller<Request> = (
  channel: GrpcClient,
  method: WireMethod,
  request: Request,
  context: CallContext,
  deadline: number,
) => unknown;

const CALLERS: Record<DescMethod['methodKind'], Caller<never>> = {
  unary: ((channel, method, request, context, deadline) =>
    runForReply(method, context, (metadata, callback) =>
      channel.makeUnaryRequest(
        ...wireOf(method),
        method.codec.encode(request),
        metadata,
        optionsOf(deadline),
        callback,
      ),
    )) satisfies Caller<object>,
  client_streaming: ((channel, method, requests, context, deadline) =>
    runForReply(method, context, (metadata, callback, abort) => {
      const stream = channel.makeClientStreamRequest(...wireOf(method), metadata, optionsOf(deadline), callback);
      sendRequests(stream, requests, method).catch(abort);
      return stream;
    })) satisfies Caller<Outgoing<object>>,
  server_streaming: ((channel, method, request, context, deadline) =>
    runForReplies(method, context, (metadata) =>
      channel.makeServerStreamRequest(...wireOf(method), method.codec.encode(request), metadata, optionsOf(deadline)),
    )) satisfies Caller<object>,
  bidi_streaming: ((channel, method, requests, context, deadline) =>
    runForReplies(method, context, (metadata, abort) => {
      const stream = channel.makeBidiStreamRequest(...wireOf(method), metadata, optionsOf(deadline));
      sendRequests(stream, requests, method).catch(abort);
      return stream;
    })) satisfies Caller<Outgoing<object>>,
};

/** grpc-js carries bytes, so that what a codec throws is not mistaken for an error of the callee. */
function wireOf({ path }: WireMethod) {
  return [path, (bytes: Buffer) => bytes, (bytes: Buffer) => bytes] as const;
}

/** The earlier of the caller's deadline and the method's own. */
function deadlineOf({ deadline }: CallContext, timeoutMs = Infinity): number {
  return Math.min(Date.now() + timeoutMs, deadline?.getTime() ?? Infinity);
}

// grpc-js's `parent` is not used: it listens to a call for all of its life, and ignores one that has ended.
function optionsOf(deadline: number): CallOptions {
  return deadline === Infinity ? {} : { deadline };
}
