import { once } from 'node:events';
import { connect as connectHttp2, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';

/** Long enough for a slow machine: a longer call hangs. */
const PATIENCE_MS = 10_000;

/** HTTP/2's GOAWAY frame, which closes a connection: type 7, no flags, stream 0. */
const GOAWAY = '\x07\0\0\0\0\0';

/** Sends all inputs, `atOnce` at a time. @returns the outcomes, in order */
export async function each<T, R>(inputs: readonly T[], atOnce: number, send: (input: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < inputs.length; at = next++) results[at] = await send(inputs[at] as T);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** Sends an HTTP request that fetch allows. @returns the status */
export async function httpStatus(url: string, init: RequestInit): Promise<number> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  await response.arrayBuffer();
  return response.status;
}

/** Sends bytes to a port. @returns the first line of the answer, or `open` if the server neither answers nor closes */
export async function rawAnswer(address: string, bytes: Buffer, patienceMs = PATIENCE_MS): Promise<string> {
  const [host = '', port] = address.split(':');
  const socket = connectSocket(Number(port), host);
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  // A reset counts as closing.
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.end(bytes);
  const limit = new AbortController();
  const waited = sleep(patienceMs, 'open', { signal: limit.signal }).catch(() => 'closed');
  const end = await Promise.race([closed, waited]);
  limit.abort();
  socket.destroy();
  // On a protocol error Node sends GOAWAY and leaves the closing to the client.
  if (end === 'open' && !answer.includes(GOAWAY)) return 'open';
  return answer.split('\r\n', 1)[0] ?? '';
}

/** Makes a function that sends bytes as a unary request. @returns the name of the status */
export function createGrpcSender(address: string) {
  const client = new Client(address, credentials.createInsecure());
  const send = (path: string, bytes: Uint8Array): Promise<string> =>
    new Promise((resolve) => {
      const done = (error: ServiceError | null): void => resolve(status[error?.code ?? status.OK]);
      const options = { deadline: Date.now() + PATIENCE_MS };
      client.makeUnaryRequest(path, Buffer.from, (reply) => reply, Buffer.from(bytes), options as never, done as never);
    });
  return { send, close: () => client.close() };
}

/** Makes a function that sends headers which grpc-js would refuse. @returns the gRPC status, or else the HTTP status */
export function createHeaderSender(address: string) {
  const session = connectHttp2(`http://${address}`);
  session.on('error', () => undefined);
  const send = async (path: string, headers: Record<string, string>, body: Buffer): Promise<string> => {
    const stream = session.request({
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
      ':method': 'POST',
      ':path': path,
    });
    let code: string | undefined;
    const note = (found: IncomingHttpHeaders & IncomingHttpStatusHeader): void => {
      code = [found['grpc-status']].flat()[0] ?? code ?? `HTTP ${found[':status']}`;
    };
    stream
      .on('response', note)
      .on('trailers', note)
      .on('error', () => undefined)
      .resume();
    stream.setTimeout(PATIENCE_MS, () => stream.close());
    stream.end(body);
    await once(stream, 'close');
    return code ?? 'closed';
  };
  return { send, close: () => session.close() };
}
