import { connect } from 'node:http2';

/** A message as it goes over the wire. @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export function frame(payload: Buffer, compressed: boolean): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed ? 1 : 0);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/**
 * Sends bytes as a gRPC request that no gRPC client would make.
 *
 * @param ends whether it then says that these were all
 * @returns the `grpc-status` of the answer
 */
export async function sendRaw(
  address: string,
  path: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
  ends = true,
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
    const status = new Promise<number>((resolve, reject) => {
      const read = ({ 'grpc-status': code }: Readonly<Record<string, unknown>>): void => {
        if (code !== undefined) resolve(Number(code));
      };
      stream.on('response', read).on('trailers', read).on('error', reject).resume();
      stream.once('close', () => reject(new Error('the stream was closed without an answer')));
    });
    stream.write(body);
    if (ends) stream.end();
    return await status;
  } finally {
    session.destroy();
  }
}
