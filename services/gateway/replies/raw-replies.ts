import { Readable } from 'node:stream';
import type { DescField } from '@bufbuild/protobuf';
import { type HttpBody, httpBodyOf } from '../requests/http-body';
import { PAUSE, type Replies } from './replies';

/** Replies whose bytes are sent one after the other as they arrive. */
export interface RawReplies {
  /** That of the first reply. */
  readonly contentType: string;
  readonly stream: Readable;
}

/**
 * The bytes of replies that are google.api.HttpBody. What fails after the first cuts the connection, since the bytes
 * have no place for a problem.
 *
 * @param field the one of each reply that the body is in; undefined where it is the whole reply
 * @param logFailure gets what ended the replies
 * @param cut ends the connection once what has been written is sent
 */
export async function createRawReplies(
  replies: Replies,
  field: DescField | undefined,
  logFailure: (thrown: unknown) => unknown,
  cut: () => void,
): Promise<RawReplies> {
  const bodies = bodiesOf(replies, field);
  const first = await bodies.next();
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      if (!first.done) yield Buffer.from(first.value.data);
      for await (const { data } of bodies) yield Buffer.from(data);
    } catch (error) {
      logFailure(error);
      cut();
      // Never: an end here would become the end of an answer that is whole.
      await new Promise(() => undefined);
    }
  }
  const contentType = first.done ? 'application/octet-stream' : first.value.contentType;
  return { contentType, stream: Readable.from(chunks(), { objectMode: false }) };
}

async function* bodiesOf(replies: Replies, field: DescField | undefined): AsyncGenerator<HttpBody, undefined> {
  for await (const reply of replies) if (reply !== PAUSE) yield httpBodyOf(reply, field);
}
