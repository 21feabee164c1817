import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Message } from '@bufbuild/protobuf';
import { HttpError } from '../problems/http-error';
import type { Problem } from '../problems/problem';
import { PAUSE, type Replies } from './replies';

/** The id of the last event, whether it is an end or an error. */
const END = 'end';

/**
 * Replies as server-sent events: a `message` each, numbered from 1, then `end`, or `error` with a problem. Comments
 * fill the pauses, so that nobody on the way takes the connection for dead. Reading stops the stream under it when
 * the browser goes away.
 *
 * @param problemOf tells what ended the replies
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function createEvents(
  replies: Replies,
  toJson: (reply: Message) => unknown,
  problemOf: (thrown: unknown) => Problem,
): Readable {
  async function* events(): AsyncGenerator<string> {
    let count = 0;
    try {
      for await (const reply of replies) yield reply === PAUSE ? ':\n\n' : event('message', ++count, toJson(reply));
      yield event('end', END, {});
    } catch (error) {
      yield event('error', END, problemOf(error));
    }
  }
  return Readable.from(events());
}

function event(name: string, id: number | string, data: unknown): string {
  const line = name === 'message' ? '' : `event: ${name}\n`;
  return `${line}id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Whether a browser asks for what comes after the last event. An EventSource opens its stream again whenever it ends,
 * and only 204 stops it.
 *
 * @throws HttpError 409 for what comes after another event: a call cannot be taken up in its middle, and one that
 *   begins again would show twice what has been shown; an EventSource that gets this is closed, and its page told
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
 */
export function isAfterEnd({ 'last-event-id': last }: IncomingHttpHeaders): boolean {
  if (last === undefined || last === '') return false;
  if (last === END) return true;
  throw new HttpError(409, 'ABORTED', 'stream.not-resumable', { 'last-event-id': String(last).slice(0, 20) });
}
