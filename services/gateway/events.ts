import { Readable } from 'node:stream';
import type { MessageCodec } from '../kit/transcode';
import type { Problem } from './problem';

/**
 * Replies as server-sent events: a `message` each, then `end`, or `error` with a problem. Reading stops the
 * stream under it when the browser goes away.
 *
 * @throws whatever the call throws before its first reply, so that it can still become an HTTP status
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function createEvents(
  replies: AsyncIterable<Uint8Array>,
  codec: MessageCodec,
  problem: (error: unknown) => Problem,
): Promise<Readable> {
  const iterator = replies[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* events(): AsyncGenerator<string> {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield event('message', codec.toJson(next.value));
      yield event('end', {});
    } catch (error) {
      yield event('error', problem(error));
    } finally {
      await iterator.return?.();
    }
  }
  return Readable.from(events());
}

function event(name: string, data: unknown): string {
  const line = name === 'message' ? '' : `event: ${name}\n`;
  return `${line}data: ${JSON.stringify(data)}\n\n`;
}
