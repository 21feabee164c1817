import { setTimeout as sleep } from 'node:timers/promises';
import { StatusError } from '../errors/status-error';
import type { Call } from '../protocol/call';
import type { Handlers } from '../protocol/rpc';
import type { Message } from './echo';
import type { patientEcho } from './programs/patient-echo';

/**
 * Handlers that answer a request by its text: `fail` with NOT_FOUND, `wait` never, any other with the same text.
 *
 * @param note gets `handler` for each request, and `handler out` when one that waited has been cancelled
 */
export function answeringEcho(note: (event: string, call: Call) => void): Handlers<typeof patientEcho> {
  const answer = async ({ text = '' }: Message, call: Call): Promise<Message> => {
    note('handler', call);
    if (text === 'fail') throw new StatusError('NOT_FOUND', 'thing.not-found');
    if (text !== 'wait') return { text };
    await sleep(60_000, undefined, { signal: call.signal }).finally(() => note('handler out', call));
    return {};
  };
  return {
    say: answer,
    collect: async (requests, call) => answer(await first(requests), call),
    expand: async function* (request, call) {
      yield { text: 'first' };
      yield await answer(request, call);
    },
    chat: async function* (requests, call) {
      for await (const request of requests) yield await answer(request, call);
    },
  };
}

async function first(requests: AsyncIterable<Message>): Promise<Message> {
  for await (const request of requests) return request;
  return {};
}
