import {
  type CallOptions,
  type ChannelOptions,
  Client as GrpcClient,
  credentials,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import type { ContractMethod, MethodKind } from '../../proto/contract';
import { drained } from './backpressure';
import type { CallContext } from './call';
import type { Client, Outgoing } from './rpc';
import { type CalledMethod, type CallSpec, kindOf } from './spec';
import { fromServiceError } from './status-error';

/** How a client turns messages into bytes: as the contract says, or not at all. */
export type Codec = 'messages' | 'bytes';

/** A client and the connection under it. */
export interface Connection<T extends CallSpec = CallSpec> {
  readonly client: Client<T>;
  /** The same methods over the same connection, with messages as bytes. */
  readonly bytes: BytesClient;
  close(): void;
}

/** A client for code that carries messages and need not read them. */
export type BytesClient = Readonly<Record<string, (request: unknown, context: CallContext) => unknown>>;

const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 5_000,
  // One channel a callee is balanced over all its addresses where there is no sidecar to do it.
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
};

/**
 * Connects to a callee, when first called.
 *
 * @param target for example `dns:///user-info.weft.svc.cluster.local:50051`
 */
export function connect<T extends CallSpec>(spec: T, target: string): Connection<T> {
  const channel = new GrpcClient(target, credentials.createInsecure(), CHANNEL_OPTIONS);
  return {
    client: createMethods(channel, spec, 'messages') as Client<T>,
    get bytes() {
      return createMethods(channel, spec, 'bytes');
    },
    close: () => channel.close(),
  };
}

function createMethods(channel: GrpcClient, spec: CallSpec, codec: Codec): BytesClient {
  return Object.fromEntries(spec.methods.map((method) => [method.name, createMethod(channel, method, codec)]));
}

function createMethod(channel: GrpcClient, { name, contract, timeoutMs }: CalledMethod, codec: Codec) {
  const method = contract.methods[name] as ContractMethod;
  const wire = codec === 'messages' ? method : asBytes(method);
  const call = CALLERS[kindOf(method) ?? 'unary'];
  return (request: unknown, context: CallContext) => call(channel, wire, request as never, context, timeoutMs);
}

function asBytes(method: ContractMethod): ContractMethod {
  // grpc-js calls methods that a Uint8Array does not have.
  const requestSerialize = (bytes: object): Buffer => {
    const { buffer, byteOffset, byteLength } = bytes as Uint8Array;
    return Buffer.from(buffer, byteOffset, byteLength);
  };
  return { ...method, requestSerialize, responseDeserialize: (bytes: Buffer) => bytes };
}

type Caller<Request> = (
  channel: GrpcClient,
  method: ContractMethod,
  request: Request,
  context: CallContext,
  timeoutMs: number | undefined,
) => unknown;

const CALLERS: Record<MethodKind, Caller<never>> = {
  unary: ((channel, method, request, context, timeoutMs) =>
    settle(method, context, (callback) =>
      channel.makeUnaryRequest(...wireOf(method), request, context.forwarded, optionsOf(context, timeoutMs), callback),
    )) satisfies Caller<object>,
  clientStream: ((channel, method, requests, context) =>
    settle(method, context, (callback, abandon) => {
      const stream = channel.makeClientStreamRequest(
        ...wireOf(method),
        context.forwarded,
        optionsOf(context),
        callback,
      );
      send(stream, requests).catch(abandon);
      return stream;
    })) satisfies Caller<Outgoing<object>>,
  serverStream: ((channel, method, request, context) =>
    receive(method, context, () =>
      channel.makeServerStreamRequest(...wireOf(method), request, context.forwarded, optionsOf(context)),
    )) satisfies Caller<object>,
  bidi: ((channel, method, requests, context) =>
    receive(method, context, (abandon) => {
      const stream = channel.makeBidiStreamRequest(...wireOf(method), context.forwarded, optionsOf(context));
      send(stream, requests).catch(abandon);
      return stream;
    })) satisfies Caller<Outgoing<object>>,
};

function wireOf(method: ContractMethod) {
  return [method.path, method.requestSerialize, method.responseDeserialize] as const;
}

/** For example `weft.user.v1.UserInfoService`. */
function serviceOf({ path }: ContractMethod): string {
  return path.split('/')[1] ?? path;
}

function optionsOf({ deadline, parent }: CallContext, timeoutMs = Infinity): CallOptions {
  const earliest = Math.min(Date.now() + timeoutMs, deadline?.getTime() ?? Infinity);
  return { ...(earliest === Infinity ? {} : { deadline: earliest }), ...(parent ? { parent } : {}) };
}

interface Cancellable {
  cancel(): void;
}

/** Gives up a call whose requests could not be made; the caller gets that error. */
type Abandon = (error: unknown) => void;

/** One reply, or the error. */
function settle(
  method: ContractMethod,
  context: CallContext,
  start: (callback: (error: ServiceError | null, reply?: object) => void, abandon: Abandon) => Cancellable,
): Promise<object> {
  return new Promise((resolve, reject) => {
    const abandon: Abandon = (error) => {
      reject(error instanceof Error ? error : new Error(String(error)));
      call.cancel();
    };
    const call = start((error, reply) => {
      unwatch();
      if (error) reject(fromServiceError(error, serviceOf(method)));
      else resolve(reply as object);
    }, abandon);
    const unwatch = cancelWith(context, call);
  });
}

/** The replies of a stream; leaving the loop early cancels the call. */
async function* receive(
  method: ContractMethod,
  context: CallContext,
  start: (abandon: Abandon) => ClientReadableStream<object> | ClientDuplexStream<object, object>,
): AsyncGenerator<object> {
  let broken: unknown;
  const stream = start((error) => {
    broken = error;
    stream.cancel();
  });
  // Cancelling emits an error that nobody may be waiting for any more.
  stream.on('error', () => undefined);
  const unwatch = cancelWith(context, stream);
  try {
    yield* stream;
  } catch (error) {
    throw broken instanceof Error ? broken : fromServiceError(error as ServiceError, serviceOf(method));
  } finally {
    unwatch();
    stream.cancel();
  }
}

/** Cancels a call when its context aborts; where there is a parent call, grpc-js itself does. */
function cancelWith(context: CallContext, call: Cancellable): () => void {
  // A call's own signal is a getter, best left alone; one that somebody has put in its place is watched.
  if (context.parent && Object.getOwnPropertyDescriptor(context, 'signal')?.get) return () => undefined;
  const { signal } = context;
  if (!signal) return () => undefined;
  const cancel = (): void => call.cancel();
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}

/** Writes requests as fast as the transport takes them, until the call is over. */
async function send(
  stream: ClientWritableStream<object> | ClientDuplexStream<object, object>,
  requests: Outgoing<object>,
): Promise<void> {
  let over = false;
  stream.once('status', () => (over = true));
  for await (const request of requests) {
    if (over) return;
    if (!stream.write(request)) await drained(stream, 'status');
  }
  stream.end();
}
