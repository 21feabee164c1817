import { Metadata } from '@grpc/grpc-js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type CallContext, rootCall } from '../kit/call';
import { invalidArgument } from '../kit/status-error';

/** The headers that go along, and what gRPC calls them. Until there are tokens, x-user-id says who asks. */
const HEADERS = {
  'x-user-id': 'user-id',
  'accept-language': 'accept-language',
  'x-weft-lane': 'x-weft-lane',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
} as const;

/**
 * The context of the call that an HTTP request makes; a client that goes away cancels it.
 *
 * @throws StatusError INVALID_ARGUMENT for a header that metadata cannot carry
 */
export function contextOf(request: FastifyRequest, reply: FastifyReply): CallContext {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  const metadata = new Metadata();
  metadata.set('request-id', request.id);
  for (const [header, name] of Object.entries(HEADERS)) forward(metadata, header, name, request.headers[header]);
  return rootCall({ metadata, signal: gone.signal });
}

function forward(metadata: Metadata, header: string, name: string, value: string | string[] | undefined): void {
  if (value === undefined || value === '') return;
  try {
    metadata.set(name, [value].flat().join(','));
  } catch {
    throw invalidArgument({ [header]: 'has characters that are not ASCII' });
  }
}
