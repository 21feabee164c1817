import {
  type CallOptions,
  type Client as GrpcClient,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import type { ContractMethod, MethodKind } from '../../proto/contract';
import { drained } from './backpressure';
import { type ClientCodec, createClientCodec } from './codec';
import { type CallContext, endsWithParent, forwardedOf } from './call';
import { type ConnectOptions, openChannel } from './channel';
import type { Client, Outgoing } from './rpc';
import { type CalledMethod, type CallSpec, kindOf } from './spec';
import { fromServiceError } from './status-details';
import { StatusError } from './status-error';

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
 */
export function connect<T extends CallSpec>(spec: T, target: string, options: ConnectOptions = {}): Connection<T> {
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
    Object.fromEntries(spec.methods.map((method) => [method.name, createMethod(channel, method, codecOf(method))]));
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

function createMethod(channel: GrpcClient, { name, contract, timeoutMs }: CalledMethod, codec: ClientCodec) {
  const { path } = contract.methods[name] as ContractMethod;
  const call = CALLERS[kindOf(contract.methods[name]) ?? 'unary'];
  const method: WireMethod = { path, service: contract.fullName, codec };
  return (request: unknown, context: CallContext) => call(channel, method, request as never, context, timeoutMs);
}

/** One method, as it goes over the wire. */
interface WireMethod {
  readonly path: string;
  readonly service: string;
  readonly codec: ClientCodec;
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
      channel.makeUnaryRequest(...wireOf(method), bytes, forwardedOf(context), optionsOf(context, timeoutMs), callback),
    );
  }) satisfies Caller<object>,
  clientStream: ((channel, method, requests, context) =>
    settle(method, context, (callback, abandon) => {
      const stream = channel.makeClientStreamRequest(
        ...wireOf(method),
        forwardedOf(context),
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
        forwardedOf(context),
        optionsOf(context),
      ),
    )) satisfies Caller<object>,
  bidi: ((channel, method, requests, context) =>
    receive(method, context, (abandon) => {
      const stream = channel.makeBidiStreamRequest(...wireOf(method), forwardedOf(context), optionsOf(context));
      send(stream, requests, method.codec).catch(abandon);
      return stream;
    })) satisfies Caller<Outgoing<object>>,
};

/** grpc-js carries bytes: the codec works around it, where what it throws can still be told from what a callee says. */
function wireOf({ path }: WireMethod) {
  return [path, (bytes: Buffer) => bytes, (bytes: Buffer) => bytes] as const;
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
  { service, codec }: WireMethod,
  context: CallContext,
  start: (callback: (error: ServiceError | null, reply?: Buffer) => void, abandon: Abandon) => Cancellable,
): Promise<object> {
  return new Promise((resolve, reject) => {
    const abandon: Abandon = (error) => {
      reject(error instanceof Error ? error : new Error(String(error)));
      call.cancel();
    };
    const call = start((error, reply) => {
      unwatch();
      if (error) reject(fromServiceError(error, service));
      else resolve(Promise.resolve(reply as Buffer).then(codec.decode));
    }, abandon);
    const unwatch = cancelWith(context, call);
  });
}

/** The replies of a stream; leaving the loop early cancels the call. */
async function* receive(
  { service, codec }: WireMethod,
  context: CallContext,
  start: (abandon: Abandon) => ClientReadableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>,
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
    for await (const bytes of stream) yield codec.decode(bytes as Buffer);
  } catch (error) {
    if (broken instanceof Error) throw broken;
    throw isServiceError(error) ? fromServiceError(error, service) : error;
  } finally {
    unwatch();
    stream.cancel();
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && !(error instanceof StatusError);
}

/** Cancels a call when its context aborts; where there is a parent call, grpc-js itself does. */
function cancelWith(context: CallContext, call: Cancellable): () => void {
  // A call's own signal is best left unmade; one that somebody has put in its place is watched.
  if (endsWithParent(context)) return () => undefined;
  const { signal } = context;
  if (!signal) return () => undefined;
  const cancel = (): void => call.cancel();
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}

/** Writes requests as fast as the transport takes them, until the call is over. */
async function send(
  stream: ClientWritableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>,
  requests: Outgoing<object>,
  codec: ClientCodec,
): Promise<void> {
  let over = false;
  stream.once('status', () => (over = true));
  for await (const request of requests) {
    if (over) return;
    if (!stream.write(codec.encode(request))) await drained(stream, 'status');
  }
  stream.end();
}
