import { once } from 'node:events';
import { descriptorSet } from '../../proto/gen/descriptors';
import { StatusError } from '../kit/status-error';
import { createTranscoder } from '../kit/transcode';
import { createEvents } from './events';
import { type Problem, problemOf } from './problem';

const codec = createTranscoder(descriptorSet)('weft.greeter.v1.Greeter', 'sayHello').reply;

const problem = (error: unknown): Problem => problemOf(error as StatusError, 'r-1');

const hello = (message: string): Uint8Array => codec.toBytes({ message, locale: 'en' });

async function textOf(replies: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const part of await createEvents(replies, codec, problem)) text += part as string;
  return text;
}

async function* repliesOf(...replies: (Uint8Array | StatusError)[]): AsyncGenerator<Uint8Array> {
  for (const reply of replies) {
    if (reply instanceof StatusError) throw reply;
    yield reply;
  }
}

test('are a message for each reply, and an end', async () => {
  expect(await textOf(repliesOf(hello('one'), hello('two')))).toBe(
    'data: {"message":"one","locale":"en"}\n\n' +
      'data: {"message":"two","locale":"en"}\n\n' +
      'event: end\ndata: {}\n\n',
  );
});

test('are an end alone when there are no replies', async () => {
  expect(await textOf(repliesOf())).toBe('event: end\ndata: {}\n\n');
});

test('keep a message on one line, whatever is in it', async () => {
  const text = 'a\n\nevent: end\r\ndata: {}\u2028b';
  const [first] = (await textOf(repliesOf(hello(text)))).split('\n\n');
  expect(first?.split(/[\r\n]/)).toHaveLength(1);
  expect(JSON.parse(first?.replace('data: ', '') ?? '')).toEqual({ message: text, locale: 'en' });
});

test('tell of a failure after the replies before it, and then nothing more', async () => {
  const failure = new StatusError('UNAVAILABLE', 'test.gone');
  const [message, error, ...rest] = (await textOf(repliesOf(hello('one'), failure))).split('\n\n');
  expect(message).toBe('data: {"message":"one","locale":"en"}');
  expect(error?.startsWith('event: error\ndata: ')).toBe(true);
  expect(JSON.parse(error?.replace('event: error\ndata: ', '') ?? '')).toEqual(problemOf(failure, 'r-1'));
  expect(rest).toEqual(['']);
});

test('never begin when the first reply is a failure', async () => {
  const failure = new StatusError('NOT_FOUND', 'test.none');
  await expect(createEvents(repliesOf(failure), codec, problem)).rejects.toBe(failure);
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
  const events = await createEvents(endless(), codec, problem);
  await once(events, 'readable');
  events.destroy();
  await stopped;
});
