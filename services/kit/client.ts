import type { CallOptions, Client as GrpcClient } from '@grpc/grpc-js';
import type { ContractMethod, MethodKind } from '../../proto/contract';
import { type CallContext, forwardedOf } from './call';
import { type ConnectOptions, openChannel } from './channel';
import { type ClientCodec, createClientCodec } from './codec';
import { receive, send, settle, type WireMethod } from './exchange';
import type { Client, Outgoing } from './rpc';
import { type CalledMethod, type CallSpec, kindOf } from './spec';

/** A client and the connection under it. */
export interface Connection<T extends CallSpec = CallSpec> {
  readonly client: Client<T>;
  /** The same methods over the same connection, with messages as bytes. */
  readonly bytes: BytesClient;
  close(): void;
}

/** A client for code that carries messages and need not read them. */
export type BytesClient = Readonly<Record<string, (request: unknown, context: CallContext) => unknown>>;

/**
 * Connects to a callee, when first called.
 *
 * @param target for example `dns:///user-info.weft.svc.cluster.local:50051`
 * @throws Error that lists what is wrong with the names of the methods
 */
export function connect<T extends CallSpec>(spec: T, target: string, options: ConnectOptions = {}): Connection<T> {
  if (spec.faults?.length) throw new Error(spec.faults.join('\n'));
  const channel = openChannel(target, options);
  return Object.assign(createClients(channel, spec, options), { close: () => channel.close() });
}

/** The methods of a callee on a channel to it. */
export function createClients<T extends CallSpec>(
  channel: GrpcClient,
  spec: T,
  { strict = false }: Pick<ConnectOptions, 'strict'>,
): Omit<Connection<T>, 'close'> {
  const methods = (codecOf: (method: CalledMethod) => ClientCodec): BytesClient =>
    Object.fromEntries(
      spec.methods.map((method) => [method.name, createMethod(channel, method, codecOf(method), outside)]),
    );
  const outside = spec.service.external !== undefined;
  return {
    client: methods(({ contract, name }) => createClientCodec(contract, name, strict)) as Client<T>,
    get bytes() {
      return methods(() => UNREAD);
    },
  };
}

/** Messages that are bytes already; grpc-js calls methods on them that a Uint8Array does not have. */
const UNREAD: ClientCodec = {
  encode: (bytes) => {
    const { buffer, byteOffset, byteLength } = bytes as Uint8Array;
    return Buffer.from(buffer, byteOffset, byteLength);
  },
  decode: (bytes) => bytes,
};

function createMethod(
  channel: GrpcClient,
  { name, contract, timeoutMs }: CalledMethod,
  codec: ClientCodec,
  outside: boolean,
) {
  const { path } = contract.methods[name] as ContractMethod;
  const call = CALLERS[kindOf(contract.methods[name]) ?? 'unary'];
  const method: WireMethod = { path, service: contract.fullName, outside, codec };
  return (request: unknown, context: CallContext) => call(channel, method, request as never, context, timeoutMs);
}

type Caller<Request> = (
  channel: GrpcClient,
  method: WireMethod,
  request: Request,
  context: CallContext,
  timeoutMs: number | undefined,
) => unknown;

const CALLERS: Record<MethodKind, Caller<never>> = {
  unary: (async (channel, method, request, context, timeoutMs) => {
    const bytes = method.codec.encode(request);
    return settle(method, context, (callback) =>
      channel.makeUnaryRequest(
        ...wireOf(method),
        bytes,
        forwardedOf(context, method.outside),
        optionsOf(context, timeoutMs),
        callback,
      ),
    );
  }) satisfies Caller<object>,
  clientStream: ((channel, method, requests, context) =>
    settle(method, context, (callback, abandon) => {
      const stream = channel.makeClientStreamRequest(
        ...wireOf(method),
        forwardedOf(context, method.outside),
        optionsOf(context),
        callback,
      );
      send(stream, requests, method.codec).catch(abandon);
      return stream;
    })) satisfies Caller<Outgoing<object>>,
  serverStream: ((channel, method, request, context) =>
    receive(method, context, () =>
      channel.makeServerStreamRequest(
        ...wireOf(method),
        method.codec.encode(request),
        forwardedOf(context, method.outside),
        optionsOf(context),
      ),
    )) satisfies Caller<object>,
  bidi: ((channel, method, requests, context) =>
    receive(method, context, (abandon) => {
      const stream = channel.makeBidiStreamRequest(
        ...wireOf(method),
        forwardedOf(context, method.outside),
        optionsOf(context),
      );
      send(stream, requests, method.codec).catch(abandon);
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
