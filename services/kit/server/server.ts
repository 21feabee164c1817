import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Server } from '@grpc/grpc-js';
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import type { DescMethod } from '@bufbuild/protobuf';
import { definitionOf } from '../../../proto/definition';
import { type Answer, type AnswerOptions, type Answers, createAnswers, type Traffic } from './answer';
import { drained } from '../streams/backpressure';
import { type Call, type IncomingCall, refuseHopByHop, type ServerCall } from '../protocol/call';
import { abandoned } from '../errors/call-status';
import { createServerCodec, type ServerCodec } from '../protocol/codec';
import { mapValues } from '../runtime/map-values';
import type { ServedContract, ServiceSpec } from '../declaration';
import { StatusError } from '../errors/status-error';
import { answerUnknownMethods } from './unknown-methods';

type UnaryHandler = (request: unknown, call: Call) => unknown;
type StreamHandler = (request: unknown, call: Call) => AsyncIterable<object> | Iterable<object>;
type AnyHandler = UnaryHandler | StreamHandler;
type HandlerMap = Record<string, AnyHandler>;

/** What {@link addHandlers} is told beside the handlers. */
export interface ServerOptions extends AnswerOptions {
  /** Whether replies are looked through for mistakes that would pass in silence. */
  readonly strict: boolean;
  /** The largest reply, in bytes; grpc-js would refuse it too, but not say so to the log. */
  readonly maxMessageBytes: number;
}

/** What {@link addHandlers} has added. */
export interface Served extends Pick<Answers, 'endAll'> {
  readonly codecs: readonly ServerCodec[];
}

/**
 * Adds what a service serves to a gRPC server.
 *
 * @param handlers a function per method, or per contract key such functions
 * @returns the calls that they answer, and the codecs of their methods
 * @throws Error that names every method without a handler
 */
export function addHandlers(server: Server, spec: ServiceSpec, handlers: object, options: ServerOptions): Served {
  const answers = createAnswers(options);
  const codecs: ServerCodec[] = [];
  for (const served of spec.serves) {
    const own = (served.key === undefined ? handlers : (handlers as Record<string, object>)[served.key]) as HandlerMap;
    refuseMissing(spec, served, own);
    const implementation: Record<string, UntypedHandleCall> = {};
    for (const method of served.contract.methods) {
      const codec = limited(createServerCodec(method, options.strict), options.maxMessageBytes);
      const handler = own[method.localName]?.bind(own) as never;
      implementation[method.name] = ADAPTERS[method.methodKind](handler, answers.of(method), codec);
      codecs.push(codec);
    }
    server.addService(mapValues(definitionOf(served.contract), asBytes), implementation);
  }
  answerUnknownMethods(server, answers.unknown);
  return { endAll: answers.endAll, codecs };
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
  const missing = names.filter((name) => !handlers || !isHandler(handlers, name));
  if (missing.length > 0)
    throw new Error(`${spec.name} has no handler for ${missing.join(', ')} of ${contract.typeName}`);
}

/** A class may have it from its prototype, but what every object has answers nothing. */
function isHandler(handlers: HandlerMap, name: string): boolean {
  return typeof handlers[name] === 'function' && handlers[name] !== (Object.prototype as unknown as HandlerMap)[name];
}

/** grpc-js turns a message that cannot be read or written into INTERNAL; the kit does that itself, to say what it is. */
function asBytes<T extends object>(method: T): T {
  const unchanged = (bytes: Buffer): Buffer => bytes;
  return { ...method, requestDeserialize: unchanged, responseSerialize: unchanged };
}

type Adapter = (handler: never, answer: Answer, codec: ServerCodec) => UntypedHandleCall;

/** grpc-js's four shapes of handler, from functions and iterables. */
const ADAPTERS: Record<DescMethod['methodKind'], Adapter> = {
  unary:
    (handler: UnaryHandler, answer, codec): handleUnaryCall<Buffer, Buffer> =>
    (server, callback) =>
      answer(
        server,
        async (call, traffic) => {
          const request = received(server.request, codec, traffic);
          reply(server, call, sent(await handler(request, call), codec, traffic), callback);
        },
        callback,
      ),
  client_streaming:
    (handler: UnaryHandler, answer, codec): handleClientStreamingCall<Buffer, Buffer> =>
    (server, callback) =>
      answer(
        server,
        async (call, traffic) => {
          const answered = await handler(requests(server, call, codec, traffic), call);
          reply(server, call, sent(answered, codec, traffic), callback);
        },
        callback,
      ),
  server_streaming:
    (handler: StreamHandler, answer, codec): handleServerStreamingCall<Buffer, Buffer> =>
    (server) =>
      answer(
        server,
        (call, traffic) =>
          replies(server, call, handler(received(server.request, codec, traffic), call), codec, traffic),
        (error) => server.emit('error', error),
      ),
  bidi_streaming:
    (handler: StreamHandler, answer, codec): handleBidiStreamingCall<Buffer, Buffer> =>
    (server) =>
      answer(
        server,
        (call, traffic) => replies(server, call, handler(requests(server, call, codec, traffic), call), codec, traffic),
        (error) => server.emit('error', error),
      ),
};

function received(bytes: Buffer, codec: ServerCodec, traffic: Traffic): object {
  traffic.bytesIn += bytes.length;
  if (traffic.messages) traffic.messages.received += 1;
  return codec.decode(bytes);
}

function sent(message: unknown, codec: ServerCodec, traffic: Traffic): Buffer {
  const bytes = codec.encode(message as object);
  traffic.bytesOut += bytes.length;
  if (traffic.messages) traffic.messages.sent += 1;
  return bytes;
}

function reply(server: ServerCall, call: IncomingCall, bytes: Buffer, callback: sendUnaryData<Buffer>): void {
  // What ended it was told already.
  if (call.aborted) return;
  sendReplyMetadata(server, call);
  callback(null, bytes);
}

/** The requests of a stream, which ends only if the caller ended it: one that broke off throws. */
async function* requests(
  server: ServerReadableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  call: IncomingCall,
  codec: ServerCodec,
  traffic: Traffic,
): AsyncGenerator<object> {
  server.on('error', () => undefined);
  // grpc-js leaves a cancelled stream open, and whoever reads it waiting.
  const stopListening = call.onAbort(() => void server.destroy(abandoned(call)));
  try {
    // Node would destroy a duplex stream whose requests have ended, and the replies with it.
    for await (const bytes of server.iterator({ destroyOnReturn: false }))
      yield received(bytes as Buffer, codec, traffic);
    await refuseReset(call);
  } catch (error) {
    // A stream that breaks off says so in words of its own.
    throw server.cancelled ? abandoned(call) : error;
  } finally {
    stopListening();
  }
}

/**
 * A Node client that cancels ends its stream properly before it resets it (`Http2Stream.close`), so that the end
 * comes first and the reset right behind it: two turns later where both came in one packet.
 */
async function refuseReset(call: IncomingCall): Promise<void> {
  for (let turn = 0; turn < 3 && !call.aborted; turn += 1) await nextTurn();
  if (call.aborted) throw abandoned(call);
}

/** Sends replies as fast as the transport takes them, and stops the handler when the caller has gone. */
async function replies(
  server: ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  call: IncomingCall,
  messages: AsyncIterable<object> | Iterable<object>,
  codec: ServerCodec,
  traffic: Traffic,
): Promise<void> {
  let first = true;
  for await (const message of messages) {
    if (call.aborted) return;
    if (first) sendReplyMetadata(server, call);
    first = false;
    if (!server.write(sent(message, codec, traffic))) await drained(server, (end) => call.onAbort(end));
  }
  if (call.aborted) return;
  if (first) sendReplyMetadata(server, call);
  server.end();
}

function sendReplyMetadata(server: ServerCall, { replyMetadata }: Call): void {
  if (Object.keys(replyMetadata.getMap()).length === 0) return;
  refuseHopByHop(replyMetadata);
  server.sendMetadata(replyMetadata);
}
