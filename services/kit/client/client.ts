import type { CallOptions, Client as GrpcClient } from '@grpc/grpc-js';
import type { DescMethod } from '@bufbuild/protobuf';
import type { CallContext } from '../protocol/call';
import { type ConnectOptions, openChannel } from './channel';
import { createClientCodec } from '../protocol/codec';
import { pathOf } from '../declaration/contract';
import { receive, send, settle, type WireMethod } from './run-call';
import type { Client, DynamicClient, Outgoing } from '../protocol/rpc';
import type { CalledMethod, CallSpec } from '../declaration';
import { clientMeasures } from '../telemetry/client-call';

/** A client and the connection under it. */
export interface Connection<T extends CallSpec = CallSpec> {
  readonly client: Client<T>;
  close(): void;
}

/**
 * Connects to a callee, when first called.
 *
 * @param target for example `dns:///user-info.weft.svc.cluster.local:50051`
 * @throws Error that lists what is wrong with the names of the methods
 */
export function connect<T extends CallSpec>(spec: T, target: string, options: ConnectOptions = {}): Connection<T> {
  if (spec.faults?.length) throw new Error(spec.faults.map(({ message, fix }) => `${message}; ${fix}`).join('\n'));
  const channel = openChannel(target, options);
  return { client: createClient(channel, spec, options) as unknown as Client<T>, close: () => channel.close() };
}

/** The methods of a callee on a channel to it. */
export function createClient(
  channel: GrpcClient,
  { methods, service }: CallSpec,
  { strict = false }: Pick<ConnectOptions, 'strict'>,
): DynamicClient {
  const outside = service.external !== undefined;
  return Object.fromEntries(
    methods.map((called) => [called.method.localName, createMethod(channel, called, strict, outside)]),
  );
}

function createMethod(channel: GrpcClient, { method, timeoutMs }: CalledMethod, strict: boolean, outside: boolean) {
  const codec = createClientCodec(method, strict);
  const measured = clientMeasures().of(method);
  const wire: WireMethod = { path: pathOf(method), service: method.parent.typeName, outside, codec, measured };
  const call = CALLERS[method.methodKind];
  return (request: unknown, context: CallContext) => call(channel, wire, request as never, context, timeoutMs);
}

type Caller<Request> = (
  channel: GrpcClient,
  method: WireMethod,
  request: Request,
  context: CallContext,
  timeoutMs: number | undefined,
) => unknown;

const CALLERS: Record<DescMethod['methodKind'], Caller<never>> = {
  unary: ((channel, method, request, context, timeoutMs) =>
    settle(method, context, (metadata, callback) =>
      channel.makeUnaryRequest(
        ...wireOf(method),
        method.codec.encode(request),
        metadata,
        optionsOf(context, timeoutMs),
        callback,
      ),
    )) satisfies Caller<object>,
  client_streaming: ((channel, method, requests, context) =>
    settle(method, context, (metadata, callback, abandon) => {
      const stream = channel.makeClientStreamRequest(...wireOf(method), metadata, optionsOf(context), callback);
      send(stream, requests, method).catch(abandon);
      return stream;
    })) satisfies Caller<Outgoing<object>>,
  server_streaming: ((channel, method, request, context) =>
    receive(method, context, (metadata) =>
      channel.makeServerStreamRequest(...wireOf(method), method.codec.encode(request), metadata, optionsOf(context)),
    )) satisfies Caller<object>,
  bidi_streaming: ((channel, method, requests, context) =>
    receive(method, context, (metadata, abandon) => {
      const stream = channel.makeBidiStreamRequest(...wireOf(method), metadata, optionsOf(context));
      send(stream, requests, method).catch(abandon);
      return stream;
    })) satisfies Caller<Outgoing<object>>,
};

/** grpc-js carries bytes: the codec works around it, where what it throws can still be told from what a callee says. */
function wireOf({ path }: WireMethod) {
  return [path, (bytes: Buffer) => bytes, (bytes: Buffer) => bytes] as const;
}

// Not grpc-js's `parent`: it listens to a call for as long as that lasts, and not at all to one that has ended.
function optionsOf({ deadline }: CallContext, timeoutMs = Infinity): CallOptions {
  const earliest = Math.min(Date.now() + timeoutMs, deadline?.getTime() ?? Infinity);
  return earliest === Infinity ? {} : { deadline: earliest };
}
