import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Sampler } from '../../kit/logging/call-log';
import { REQUEST_ID_HEADER, requestIdOr } from '../../kit/protocol/request-id';
import { REQUEST_ID } from '../../kit/telemetry/names';
import { activeSpanContext, labelActiveSpan, spanContextOf } from '../../kit/telemetry/propagation';
import { type CallTrace, logIdsOf } from '../../kit/telemetry/server-call';

/** The kubelet's probes, which are not logged. */
const PROBES = new Set(['/livez', '/readyz']);

const MAX_LOGGED_PATH = 500;

/**
 * Gives every request an id, common headers of the answer and a log line. Fastify's hooks would miss requests that are
 * refused before they have a route, and those that clients abandon.
 *
 * @param sample decides by status which requests are logged
 */
export function watchArrivals(server: Server, log: Logger, sample: Sampler): void {
  const countBytes = createByteCounter();
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const id = identify(request, response);
    const trace = requestTrace(request);
    if (trace.ids) response.setHeader('x-trace-id', trace.ids.traceId);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'no-store');
    const { socket } = request;
    const started = performance.now();
    response.once('close', () => {
      const ms = Math.round((performance.now() - started) * 10) / 10;
      // Counted without a log line too, or the connection's next line would include them.
      const bytes = countBytes(socket);
      const path = pathOf(request);
      if (PROBES.has(path)) return;
      const line = lineOf(request, response, path);
      const skipped = sample(String(line.status));
      if (skipped === undefined) return;
      log.info(
        { requestId: id, ...logIdsOf(trace), ...line, ms, ...bytes, ...(skipped > 0 ? { skipped } : {}) },
        'request',
      );
    });
  });
}

/** Puts a valid request id into the request and its answer. */
function identify(request: IncomingMessage, response: ServerResponse): string {
  const id = requestIdOr(request.headers[REQUEST_ID_HEADER]);
  request.headers[REQUEST_ID_HEADER] = id;
  response.setHeader(REQUEST_ID_HEADER, id);
  labelActiveSpan(REQUEST_ID, id);
  return id;
}

/** The path of a request, without its query. */
export function pathOf({ url = '' }: { url?: string | undefined }): string {
  return url.split('?', 1)[0] ?? '';
}

function lineOf({ method }: IncomingMessage, response: ServerResponse, path: string) {
  const abandoned = !response.writableFinished;
  return {
    verb: method,
    path: path.slice(0, MAX_LOGGED_PATH),
    // nginx's status for a client that left before the answer.
    status: abandoned && !response.headersSent ? 499 : response.statusCode,
    ...(abandoned ? { abandoned } : {}),
  };
}

/** The trace of the request's span, or of its headers where no SDK reads them. */
function requestTrace({ headers }: IncomingMessage): Pick<CallTrace, 'ids'> {
  return { ids: activeSpanContext() ?? spanContextOf(headers['traceparent']?.toString()) };
}

/** Bytes on the wire since the last answer on the same connection, headers included, as nginx counts them. */
function createByteCounter(): (socket: Socket) => { bytesIn: number; bytesOut: number } {
  const counted = new WeakMap<Socket, { read: number; written: number }>();
  return (socket) => {
    const { read, written } = counted.get(socket) ?? { read: 0, written: 0 };
    const { bytesRead, bytesWritten } = socket;
    counted.set(socket, { read: bytesRead, written: bytesWritten });
    return { bytesIn: bytesRead - read, bytesOut: bytesWritten - written };
  };
}
