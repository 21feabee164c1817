import { once } from 'node:events';
import { connect } from 'node:http2';

/** A message as it goes over the wire. @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export function frame(payload: Buffer, compressed: boolean): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed ? 1 : 0);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/** Sends bytes as a gRPC request that no gRPC client would make. @returns the `grpc-status` of the answer */
export async function sendRaw(
  address: string,
  path: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const session = connect(`http://${address}`);
  session.on('error', () => undefined);
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let status: string | undefined;
    const read = (answered: Readonly<Record<string, unknown>>): void =>
      void (status = (answered['grpc-status'] as string | undefined) ?? status);
    stream.on('response', read).on('trailers', read).resume();
    const closed = once(stream, 'close');
    stream.end(body);
    await closed;
    return Number(status);
  } finally {
    session.destroy();
  }
}
