import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { LoadTelemetry } from '../telemetry';
import { BodyReader, Refusal } from './read-body';

/** gRPC codes by HTTP status. */
const CODES: Record<number, number> = { 400: 3, 413: 8, 415: 3, 503: 14 };
const UNKNOWN_CODE = 2;

const PATHS = ['/v1/traces', '/v1/metrics', '/v1/logs'];
const TYPES = ['application/x-protobuf', 'application/json'];

/**
 * Receives OTLP over HTTP, in protobuf and JSON. The code that reads exports is loaded with the first.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function createHttpReceiver(load: LoadTelemetry): Server {
  const bodies = new BodyReader();
  return createServer((request, response) => {
    void answer(load, bodies, request, response).catch((error: Error) => {
      if (!response.headersSent) plain(response, 500, error.message);
    });
  });
}

async function answer(
  load: LoadTelemetry,
  bodies: BodyReader,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?');
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!PATHS.includes(path)) {
    plain(response, 404, `${path} not found; send exports to ${PATHS.join(', ')}`);
    return;
  }
  if (request.method !== 'POST') {
    plain(response, 405, `${request.method} is not allowed; use POST`, { allow: 'POST' });
    return;
  }
  if (!TYPES.includes(type)) {
    plain(response, 415, `content-type ${type || 'is missing'}; send ${TYPES.join(' or ')}`);
    return;
  }
  const { JSON_ENCODING, PROTOBUF, encodeStatus } = await import('./encoding');
  const { SIGNALS } = await import('./signals');
  const encoding = type === PROTOBUF.type ? PROTOBUF : JSON_ENCODING;
  try {
    const [telemetry, body] = await Promise.all([load(), bodies.read(request)]);
    send(
      response,
      200,
      encoding.type,
      take(() => SIGNALS[path]?.take(telemetry, encoding, body) ?? new Uint8Array()),
    );
  } catch (error) {
    const { status, message } = error instanceof Refusal ? error : new Refusal(400, (error as Error).message);
    const retry = status === 503 ? { 'retry-after': '1' } : {};
    // The rest of the body is not read, so this connection cannot be reused.
    const close = request.complete ? {} : { connection: 'close' };
    const body = encodeStatus(encoding, CODES[status] ?? UNKNOWN_CODE, message);
    send(response, status, encoding.type, body, { ...retry, ...close });
  }
}

/** @throws Refusal that names what is malformed */
function take<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Refusal(400, `the export cannot be read: ${(error as Error).message}`);
  }
}

function plain(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  send(response, status, 'text/plain; charset=utf-8', Buffer.from(`${text}\n`), headers);
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: Uint8Array,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': body.byteLength, ...headers }).end(body);
}
