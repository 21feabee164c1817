import { type Message, toBinary } from '@bufbuild/protobuf';
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { DynamicClient } from '../../kit/protocol/rpc';
import type { Binding } from './bindings';
import type { Closing } from './closing';
import { contextOf } from '../requests/context';
import { pathValuesOf } from './contract-router';
import { createEvents, isAfterEnd } from '../replies/events';
import type { Failures } from '../problems/failures';
import { httpBodyOf, sendsHttpBody } from '../requests/http-body';
import { HttpError } from '../problems/http-error';
import { negotiate } from '../requests/negotiation';
import { createRawReplies } from '../replies/raw-replies';
import { openReplies, type Replies } from '../replies/replies';
import { createReplyJson } from '../replies/reply-json';
import { createReplyLines } from '../replies/reply-lines';
import { type HttpParts, requestMessage } from '../requests/request-message';
import { queryOf } from './request-url';
import { tooLargeError } from '../requests/too-large';

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
  readonly call: DynamicClient[string];
  /** The JSON of a reply. */
  readonly toJson: (reply: Message) => unknown;
}

/** @throws Error for a binding whose callee has no client */
export function bind(binding: Binding, parts: RouteParts): BoundMethod {
  const { callee, method } = binding;
  const call = parts.clients[callee]?.[method.localName];
  if (!call) throw new Error(`${callee}.${method.localName} has a route but no client`);
  return { ...parts, binding, call, toJson: createReplyJson(binding) };
}

/** Answers a method whose request is one message. */
export function messageHandler(bound: BoundMethod): RouteHandlerMethod {
  return bound.binding.kind === 'server_streaming' ? streamHandler(bound) : unaryHandler(bound);
}

function unaryHandler({ binding, call, toJson }: BoundMethod): RouteHandlerMethod {
  const { input } = binding.method;
  return async (request, reply) => {
    if (!sendsHttpBody(binding)) negotiate(request, ['application/json']);
    const message = requestMessage(binding, partsOf(request));
    const answer = call(message as never, contextOf(request, reply)) as Promise<Message>;
    const received = await answer.catch((error: unknown) => {
      throw tooLargeError(error, () => toBinary(input, message).length);
    });
    return sendReply(reply, binding, received, toJson);
  };
}

/** Sends the reply of a method that has one. */
export function sendReply(
  reply: FastifyReply,
  binding: Binding,
  message: Message,
  toJson: BoundMethod['toJson'],
): FastifyReply {
  if (!sendsHttpBody(binding)) return reply.type('application/json').send(JSON.stringify(toJson(message)));
  const { contentType, data } = httpBodyOf(message, binding.responseBody);
  return reply.header('content-type', contentType).send(Buffer.from(data));
}

function streamHandler(bound: BoundMethod): RouteHandlerMethod {
  const { binding, call, failures, closing, heartbeatMs } = bound;
  const { input } = binding.method;
  return async (request, reply) => {
    const type = streamTypeOf(request, binding);
    if (type === EVENTS && isAfterEnd(request.headers)) return reply.code(204).send();
    const message = requestMessage(binding, partsOf(request));
    const context = contextOf(request, reply);
    const answer = call(message as never, context) as AsyncIterable<Message>;
    // Only events have something to fill a pause with, so the others begin when there is a reply.
    const pauseMs = type === EVENTS ? heartbeatMs : 2 ** 31 - 1;
    const toError = (error: unknown) => tooLargeError(error, () => toBinary(input, message).length);
    const replies = await openReplies(answer, { pauseMs, closing, over: context.signal }).catch((error: unknown) => {
      throw toError(error);
    });
    const problemOf = (thrown: unknown) => failures.problemOf(toError(thrown), request);
    return sendReplies(bound, reply, replies, { type, problemOf });
  };
}

const EVENTS = 'text/event-stream';
const LINES = 'application/x-ndjson';

/** @returns undefined where the replies themselves say it */
function streamTypeOf(request: FastifyRequest, binding: Binding): string | undefined {
  return sendsHttpBody(binding) ? undefined : negotiate(request, [EVENTS, LINES]);
}

interface StreamForm {
  readonly type: string | undefined;
  readonly problemOf: Failures['problemOf'] extends (thrown: infer T, request: never) => infer P
    ? (thrown: T) => P
    : never;
}

async function sendReplies(
  { binding, toJson }: BoundMethod,
  reply: FastifyReply,
  replies: Replies,
  { type, problemOf }: StreamForm,
): Promise<FastifyReply> {
  const cut = (): void => reply.request.raw.socket.destroySoon();
  if (type === undefined) {
    const { contentType, stream } = await createRawReplies(replies, binding.responseBody, problemOf, cut);
    return reply.header('content-type', contentType).send(stream);
  }
  reply.type(type);
  if (type === EVENTS) return reply.send(createEvents(replies, toJson, problemOf));
  return reply.send(createReplyLines(replies, toJson, problemOf, cut));
}

/** @throws HttpError 400 for a query with wrong escapes */
export function partsOf({ raw, body }: FastifyRequest): HttpParts {
  try {
    return { path: pathValuesOf(raw), query: queryOf(raw), body: body as HttpParts['body'] };
  } catch (error) {
    if (error instanceof URIError) throw new HttpError(400, 'INVALID_ARGUMENT', 'url.malformed');
    throw error;
  }
}
