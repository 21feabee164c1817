import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MAX_EXPORT_BYTES, MAX_READING_BYTES } from './limits';

const unzip = promisify(gunzip);

/** A refused request, with its HTTP status. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads the bodies of requests, within a memory limit for all of them. */
export class BodyReader {
  #reading = 0;

  /**
   * Reads a body to its end and decompresses it.
   *
   * @throws Refusal 400 for malformed gzip, 413 for too large a body, 415 for an unknown compression, 503 if too many
   *   exports are being read
   */
  async read(request: IncomingMessage): Promise<Buffer> {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (!['identity', 'gzip'].includes(encoding))
      throw new Refusal(415, `content-encoding ${encoding} is not supported; use gzip or identity`);
    if (Number(request.headers['content-length'] ?? 0) > MAX_EXPORT_BYTES) throw tooLarge();
    const body = await this.#readAll(request);
    return encoding === 'gzip' ? decompress(body) : body;
  }

  async #readAll(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length;
        this.#reading += chunk.length;
        if (size > MAX_EXPORT_BYTES) throw tooLarge();
        if (this.#reading > MAX_READING_BYTES) throw new Refusal(503, 'too many exports at the same time');
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      this.#reading -= size;
    }
  }
}

function tooLarge(): Refusal {
  return new Refusal(413, `the export is larger than ${MAX_EXPORT_BYTES} bytes; send smaller batches`);
}

async function decompress(body: Buffer): Promise<Buffer> {
  try {
    return await unzip(body, { maxOutputLength: MAX_EXPORT_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Refusal(400, 'the body is not gzip, although its content-encoding is');
  }
}
