import { Metadata } from '@grpc/grpc-js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallContext } from '../../kit/protocol/call';
import { invalidArgument } from '../../kit/errors/status-error';
import { injectActiveContext } from '../../kit/telemetry/propagation';
import { deadlineOf } from './deadline';

/**
 * The headers that go along, and what gRPC calls them. Until there are tokens, x-user-id says who asks. `baggage` is
 * not among them: anybody could put anything in front of every service.
 */
const HEADERS = {
  'x-request-id': 'x-request-id',
  'x-user-id': 'user-id',
  authorization: 'authorization',
  'accept-language': 'accept-language',
  'x-weft-lane': 'x-weft-lane',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
} as const;

/**
 * The context of the call that an HTTP request makes; a client that goes away cancels it, and so does the end of the
 * answer, for a stream that ends before its call.
 *
 * @throws StatusError INVALID_ARGUMENT for a header that metadata cannot carry, or an invalid `grpc-timeout`
 */
export function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
): CallContext & { readonly signal: AbortSignal } {
  const metadata = new Metadata();
  for (const [header, name] of Object.entries(HEADERS)) forward(metadata, header, name, request.headers[header]);
  // The calls belong to the request's own span, where it has one.
  injectActiveContext(metadata);
  const deadline = deadlineOf(request.headers['grpc-timeout']);
  const over = new AbortController();
  reply.raw.once('close', () => over.abort());
  return { forwarded: metadata, signal: over.signal, deadline };
}

function forward(metadata: Metadata, header: string, name: string, value: string | string[] | undefined): void {
  if (value === undefined || value === '') return;
  try {
    metadata.set(name, [value].flat().join(','));
  } catch {
    throw invalidArgument({ [header]: 'has characters that are not ASCII' });
  }
}
