import type { JsonValue, Message } from '@bufbuild/protobuf';
import type { FastifyInstance, FastifyRequest, HTTPMethods, RouteHandlerMethod } from 'fastify';
import type { DynamicClient } from '../kit/rpc';
import { createMessageCodec, type MessageCodec } from '../kit/transcode';
import type { Binding } from './bindings';
import type { Closing } from './closing';
import { contextOf } from './context';
import { createEvents, isAfterEnd } from './events';
import type { Failures } from './failures';
import { HttpError } from './http-error';
import { negotiate } from './negotiation';
import { openReplies } from './replies';
import { createReplyLines } from './reply-lines';
import { type HttpParts, requestJson } from './request-json';

/** What routes are made of. */
export interface RouteParts {
  readonly clients: Readonly<Record<string, DynamicClient>>;
  readonly failures: Failures;
  readonly closing: Closing;
  /** How long a stream of events may be silent, in milliseconds. */
  readonly heartbeatMs: number;
}

/** One method, ready to be called. */
export interface BoundMethod extends RouteParts {
  readonly binding: Binding;
  readonly request: MessageCodec;
  readonly reply: MessageCodec;
  readonly call: DynamicClient[string];
}

/** @throws Error for a binding whose callee has no client */
export function bind(binding: Binding, parts: RouteParts): BoundMethod {
  const { callee, method } = binding;
  const call = parts.clients[callee]?.[method.localName];
  if (!call) throw new Error(`${callee}.${method.localName} has a route but no client`);
  return {
    ...parts,
    binding,
    call,
    request: createMessageCodec(method.input),
    reply: createMessageCodec(method.output),
  };
}

/** Adds the route of a method whose request is one message. */
export function addMessageRoute(app: FastifyInstance, bound: BoundMethod): void {
  const { verb, url, kind } = bound.binding;
  app.route({
    method: verb,
    url,
    exposeHeadRoute: hasHead(bound.binding),
    handler: kind === 'server_streaming' ? streamHandler(bound) : unaryHandler(bound),
  });
}

/** The verbs under which a binding is called: to know what a GET would say of itself, HEAD has to make the call. */
export function verbsOf(binding: Binding): HTTPMethods[] {
  return hasHead(binding) ? [binding.verb, 'HEAD'] : [binding.verb];
}

/** A stream would be begun and thrown away. */
function hasHead({ verb, kind }: Binding): boolean {
  return verb === 'GET' && kind === 'unary';
}

function unaryHandler({ binding, request: input, reply: output, call }: BoundMethod): RouteHandlerMethod {
  return async (request, reply) => {
    negotiate(request, ['application/json']);
    const message = input.fromJson(requestJson(input.descriptor, binding, partsOf(request)));
    const answer = (await call(message as never, contextOf(request, reply))) as Message;
    return reply.type('application/json').send(JSON.stringify(output.toJson(answer)));
  };
}

function streamHandler(bound: BoundMethod): RouteHandlerMethod {
  const { binding, request: input, reply: output, call, failures, closing, heartbeatMs } = bound;
  return async (request, reply) => {
    const type = negotiate(request, ['text/event-stream', 'application/x-ndjson']);
    if (type === 'text/event-stream' && isAfterEnd(request.headers)) return reply.code(204).send();
    const message = input.fromJson(requestJson(input.descriptor, binding, partsOf(request)));
    const context = contextOf(request, reply);
    const answer = call(message as never, context) as AsyncIterable<Message>;
    // Lines have nothing to fill a pause with, so there nothing begins before there is a line.
    const pauseMs = type === 'text/event-stream' ? heartbeatMs : 2 ** 31 - 1;
    const replies = await openReplies(answer, { pauseMs, closing, over: context.signal });
    const problemOf = (thrown: unknown) => failures.problemOf(thrown, request);
    reply.type(type);
    if (type === 'text/event-stream') return reply.send(createEvents(replies, output, problemOf));
    return reply.send(createReplyLines(replies, output, problemOf, () => request.raw.socket.destroySoon()));
  };
}

/** @throws HttpError 400 for a query with an escape that is none, which would reach the service as it is */
export function partsOf(request: FastifyRequest): HttpParts {
  if (request.url.includes('%')) refuseWrongEscapes(request.url);
  return {
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string | string[]>,
    body: request.body as JsonValue | undefined,
  };
}

function refuseWrongEscapes(url: string): void {
  try {
    decodeURIComponent(url.slice(url.indexOf('?') + 1));
  } catch {
    throw new HttpError(400, 'INVALID_ARGUMENT', 'url.malformed');
  }
}
