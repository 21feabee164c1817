import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { create, type Message } from '@bufbuild/protobuf';
import { type SayHelloResponse, SayHelloResponseSchema } from '../../../proto/gen/weft/greeter/v1/greeter_pb';
import { messageToJson } from '../../kit/json/json';
import { createLocalize } from '../../kit/errors/messages';
import { StatusError } from '../../kit/errors/status-error';
import { createClosing } from '../routing/closing';
import { createEvents, isAfterEnd } from './events';
import { createTellProblem, type Problem } from '../problems/problem';
import { openReplies } from './replies';

const toJson = (reply: Message) => messageToJson(SayHelloResponseSchema, reply as SayHelloResponse);

const tell = createTellProblem(createLocalize({}));
const problemOf = (error: unknown): Problem => tell(error as StatusError, { requestId: 'r-1', acceptLanguage: 'en' });

const hello = (message: string): Message => create(SayHelloResponseSchema, { message, locale: 'en' });

const over = new AbortController();
const patience = { pauseMs: 10_000, closing: createClosing(), over: over.signal };

afterAll(() => over.abort());

async function textOf(replies: AsyncIterable<Message>): Promise<string> {
  let text = '';
  for await (const part of createEvents(await openReplies(replies, patience), toJson, problemOf))
    text += part as string;
  return text;
}

async function* repliesOf(...replies: (Message | StatusError)[]): AsyncGenerator<Message> {
  for (const reply of replies) {
    if (reply instanceof StatusError) throw reply;
    yield reply;
  }
}

test('are a message for each reply, and an end', async () => {
  expect(await textOf(repliesOf(hello('one'), hello('two')))).toBe(
    'id: 1\ndata: {"message":"one","locale":"en"}\n\n' +
      'id: 2\ndata: {"message":"two","locale":"en"}\n\n' +
      'event: end\nid: end\ndata: {}\n\n',
  );
});

test('are only an end if there are no replies', async () => {
  expect(await textOf(repliesOf())).toBe('event: end\nid: end\ndata: {}\n\n');
});

test('keep a message on one line, whatever is in it', async () => {
  const text = 'a\n\nevent: end\r\ndata: {}\u2028b';
  const [first] = (await textOf(repliesOf(hello(text)))).split('\n\n');
  expect(first?.split(/[\r\n]/)).toHaveLength(2);
  expect(JSON.parse(first?.replace('id: 1\ndata: ', '') ?? '')).toEqual({ message: text, locale: 'en' });
});

test('tell of a failure after the replies before it, and then nothing more', async () => {
  const failure = new StatusError('UNAVAILABLE', 'test.gone');
  const [message, error, ...rest] = (await textOf(repliesOf(hello('one'), failure))).split('\n\n');
  expect(message).toBe('id: 1\ndata: {"message":"one","locale":"en"}');
  expect(error?.startsWith('event: error\nid: end\ndata: ')).toBe(true);
  expect(JSON.parse(error?.replace('event: error\nid: end\ndata: ', '') ?? '')).toEqual(problemOf(failure));
  expect(rest).toEqual(['']);
});

test('never begin when the first reply is a failure', async () => {
  const failure = new StatusError('NOT_FOUND', 'test.none');
  await expect(textOf(repliesOf(failure))).rejects.toBe(failure);
});

test('stop the replies when nobody reads any more', async () => {
  let returned: () => void;
  const stopped = new Promise<void>((resolve) => (returned = resolve));
  async function* endless() {
    try {
      for (;;) yield hello('again');
    } finally {
      returned();
    }
  }
  const events = createEvents(await openReplies(endless(), patience), toJson, problemOf);
  await once(events, 'readable');
  events.destroy();
  await stopped;
});

test.each<[IncomingHttpHeaders, boolean]>([
  [{}, false],
  [{ 'last-event-id': '' }, false],
  [{ 'last-event-id': 'end' }, true],
])('a browser with %j asks for what comes after the end: %s', (headers, expected) => {
  expect(isAfterEnd(headers)).toBe(expected);
});

test('a browser that asks for what comes after the middle is refused', () => {
  expect(() => isAfterEnd({ 'last-event-id': '7' })).toThrow('stream.not-resumable (last-event-id: 7)');
});
