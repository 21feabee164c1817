import { Readable } from 'node:stream';
import type { Message } from '@bufbuild/protobuf';
import type { Problem } from '../problems/problem';
import { PAUSE, type Replies } from './replies';

/**
 * Replies as JSON, one a line. What fails after the first line ends with a line `{"error": <problem>}`, and the
 * connection is cut there, so a client that ignores that line still notices that the reply is incomplete.
 *
 * @param problemOf tells what ended the replies
 * @param cut ends the connection once what has been written is sent
 * @see https://github.com/ndjson/ndjson-spec
 */
export function createReplyLines(
  replies: Replies,
  toJson: (reply: Message) => unknown,
  problemOf: (thrown: unknown) => Problem,
  cut: () => void,
): Readable {
  async function* lines(): AsyncGenerator<string> {
    try {
      for await (const reply of replies) if (reply !== PAUSE) yield line(toJson(reply));
    } catch (error) {
      yield line({ error: problemOf(error) });
      cut();
      // Never: an end here would become the end of an answer that is whole.
      await new Promise(() => undefined);
    }
  }
  return Readable.from(lines());
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
