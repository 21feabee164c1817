import type { Server, UntypedHandleCall } from '@grpc/grpc-js';
import { definitionOf } from '../../../proto/definition';
import type { ServedContract, ServiceSpec } from '../declaration';
import { StatusError } from '../errors/status-error';
import { createServerCodec, type ServerCodec } from '../protocol/codec';
import type { ServerInterceptor } from '../protocol/interceptor';
import { type AnyHandler, createGrpcHandler } from './grpc-handler';
import { createServerCalls, type ServerCalls, type ServerCallsOptions } from './server-calls';
import { answerUnknownMethods } from './unknown-methods';

type HandlerMap = Record<string, AnyHandler>;

/** Settings of {@link addHandlers}. */
export interface ServerOptions extends ServerCallsOptions {
  /** Whether replies are checked for mistakes that would otherwise pass silently. */
  readonly strict: boolean;
  /** The largest reply, in bytes. grpc-js refuses larger ones too, but the log would not know. */
  readonly maxMessageBytes: number;
  /** Wrap the calls of all methods that are served. The first is outermost. */
  readonly interceptors?: readonly ServerInterceptor[];
}

/** The result of {@link addHandlers}. */
export interface Served extends Pick<ServerCalls, 'endAll'> {
  readonly codecs: readonly ServerCodec[];
}

/**
 * Adds the contracts of a service to a gRPC server.
 *
 * @param handlers a function per method; for several contracts, such functions per contract key
 * @returns the running calls, and the codecs of all methods
 * @throws Error that names every method without a handler
 */
export function addHandlers(server: Server, spec: ServiceSpec, handlers: object, options: ServerOptions): Served {
  const calls = createServerCalls(options);
  const codecs: ServerCodec[] = [];
  for (const served of spec.serves) {
    const own = (served.key === undefined ? handlers : (handlers as Record<string, object>)[served.key]) as HandlerMap;
    refuseMissing(spec, served, own);
    const implementation: Record<string, UntypedHandleCall> = {};
    for (const method of served.contract.methods) {
      const codec = limited(createServerCodec(method, options.strict), options.maxMessageBytes);
      const handler = own[method.localName]?.bind(own) as AnyHandler;
      const parts = { method, handler, startCall: calls.of(method), codec, interceptors: options.interceptors ?? [] };
      implementation[method.name] = createGrpcHandler(parts);
      codecs.push(codec);
    }
    server.addService(bytesDefinitionOf(served), implementation);
  }
  answerUnknownMethods(server, calls.unknown);
  return { endAll: calls.endAll, codecs };
}

function limited(codec: ServerCodec, limit: number): ServerCodec {
  const encode = (reply: object): Buffer => {
    const bytes = codec.encode(reply);
    if (bytes.length <= limit) return bytes;
    const metadata = { bytes: String(bytes.length), limit: String(limit) };
    throw new StatusError('RESOURCE_EXHAUSTED', 'reply.too-large', metadata);
  };
  return { ...codec, encode };
}

function refuseMissing(spec: ServiceSpec, { contract }: ServedContract, handlers: HandlerMap): void {
  const names = Object.keys(contract.method);
  const missing = names.filter((name) => !handlers || !hasHandler(handlers, name));
  if (missing.length > 0)
    throw new Error(`${spec.name} has no handler for ${missing.join(', ')} of ${contract.typeName}`);
}

/** A class may inherit a handler, but the methods that every object inherits are not handlers. */
function hasHandler(handlers: HandlerMap, name: string): boolean {
  return typeof handlers[name] === 'function' && handlers[name] !== (Object.prototype as unknown as HandlerMap)[name];
}

/** Lets grpc-js carry bytes: it would answer INTERNAL to any message that cannot be decoded, without saying why. */
function bytesDefinitionOf({ contract }: ServedContract) {
  const unchanged = (bytes: Buffer): Buffer => bytes;
  const codec = { requestDeserialize: unchanged, responseSerialize: unchanged };
  return Object.fromEntries(
    Object.entries(definitionOf(contract)).map(([name, method]) => [name, { ...method, ...codec }]),
  );
}
