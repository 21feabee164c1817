import type { IncomingMessage } from 'node:http';
import { invalidArgument, StatusError } from '../../kit/errors/status-error';

/** A line of an upload that is not empty. */
export interface UploadLine {
  /** From 1, as editors count. */
  readonly number: number;
  readonly bytes: Buffer;
}

const NEWLINE = 10;

/**
 * The lines of a body, as they come: what has been read is passed on before more is read. `\r` before the end of a
 * line is part of JSON's white space and stays.
 *
 * @param maxBytes how long a line may be
 * @throws StatusError INVALID_ARGUMENT that names the line which is longer, CANCELLED when the client goes away
 */
export async function* readLines(body: IncomingMessage, maxBytes: number): AsyncGenerator<UploadLine, undefined> {
  let number = 1;
  let begun: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer): void => {
    length += part.length;
    if (length > maxBytes) throw invalidArgument({ [`lines[${number}]`]: `must not be longer than ${maxBytes} bytes` });
    begun.push(part);
  };
  const take = (): UploadLine => {
    const line = { number, bytes: Buffer.concat(begun) };
    number += 1;
    begun = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunksOf(body)) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, to));
      from = to + 1;
      const line = take();
      if (!isBlank(line)) yield line;
    }
    add(chunk.subarray(from));
  }
  const last = take();
  if (!isBlank(last)) yield last;
}

/** Leaving early must not destroy the body: that closes the connection, on which the answer is still to be sent. */
async function* chunksOf(body: IncomingMessage): AsyncGenerator<Buffer, undefined> {
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw new StatusError('CANCELLED', 'upload.abandoned', {}, { cause: error });
  }
}

function isBlank({ bytes }: UploadLine): boolean {
  return bytes.every((byte) => byte === 32 || byte === 13 || byte === 9);
}
