import type { JsonValue } from '@bufbuild/protobuf';
import { createGreeterHandlers } from '../../../services/greeter/handlers';
import { greeter } from '../../../services/greeter/service';
import { rootCall } from '../../../services/kit/protocol/call';
import { type Json, parseJson } from '../../../services/kit/json/json-numbers';
import { serve } from '../../../services/kit/testing/serve';
import { createPortChooser } from '../../local/plan/ports';
import { findMethod } from './dynamic-client';
import { type ForeignServer, serveForeign } from '../testing/foreign';
import { until } from '../../../services/kit/testing/programs/until';

let foreign: ForeignServer;
let kit: { address: string; stop(): Promise<void> };

beforeAll(async () => {
  foreign = await serveForeign({ reflection: 'all' });
  kit = await serve(greeter, createGreeterHandlers(), greeter.only('sayHello'));
});

afterAll(async () => {
  foreign.stop();
  await kit.stop();
});

async function call(
  target: string,
  name: string,
  messages: Iterable<Json> | AsyncIterable<Json>,
): Promise<JsonValue[]> {
  const method = await findMethod(target, name);
  async function* read() {
    for await (const message of messages) yield method.read(message);
  }
  try {
    const replies: JsonValue[] = [];
    for await (const reply of method.call(read(), rootCall({ timeout: '1m' }))) replies.push(reply);
    return replies;
  } finally {
    method.close();
  }
}

const word = (text: string, howOften = '0') => ({ text, howOften, tone: 'TONE_UNSPECIFIED', raw: '' });

describe('every kind of RPC can be called', () => {
  test.each<[string, string, JsonValue[], JsonValue[]]>([
    ['unary', 'Echo/Say', [{ text: 'a' }], [word('a')]],
    ['unary without a message', 'Echo/Say', [], [word('')]],
    ['client_streaming', 'Collect', [{ text: 'a' }, { text: 'b' }, { text: 'c' }], [word('a b c', '3')]],
    ['client_streaming without a message', 'Collect', [], [word('')]],
    ['server_streaming', 'Expand', [{ text: 'a', howOften: 2 }], [word('a', '1'), word('a', '2')]],
    ['server_streaming without a reply', 'Expand', [{ text: 'a' }], []],
    ['bidi_streaming', 'Chat', [{ text: 'a' }, { text: 'b' }], [word('a'), word('b')]],
  ])('%s', async (kind, name, messages, replies) => {
    const full = name.startsWith('Echo/') ? `foreign.v1.${name}` : name;
    const method = await findMethod(foreign.address, full);
    method.close();
    expect(method.kind).toBe(kind.split(' ')[0]);
    expect(await call(foreign.address, full, messages)).toEqual(replies);
  });

  test('with replies as they come', async () => {
    const method = await findMethod(foreign.address, 'Chat');
    const seen: JsonValue[] = [];
    // The second message goes only when the first has come back.
    async function* messages() {
      yield method.read({ text: 'first' });
      await until('the first has come back', () => seen.length > 0);
      yield method.read({ text: 'second' });
    }
    for await (const reply of method.call(messages(), rootCall({ timeout: '1m' }))) seen.push(reply);
    method.close();
    expect(seen).toEqual([word('first'), word('second')]);
  });

  test('with the values of proto3’s JSON', async () => {
    const sent = { text: 'ü', howOften: '9007199254740993', tone: 'TONE_LOUD', raw: 'AP8=' };
    expect(await call(foreign.address, 'foreign.v1.Echo/Say', [sent])).toEqual([sent]);
  });

  test('with numbers beyond the range of a double', async () => {
    const sent = parseJson('{"howOften":-9007199254740993}');
    expect(await call(foreign.address, 'foreign.v1.Echo/Say', [sent])).toEqual([word('', '-9007199254740993')]);
  });
});

describe('a method is found', () => {
  test.each([
    'SayHello',
    'sayHello',
    'Greeter/SayHello',
    'Greeter.SayHello',
    'v1.Greeter/SayHello',
    'weft.greeter.v1.Greeter/SayHello',
    'weft.greeter.v1.Greeter/sayHello',
    'weft.greeter.v1.Greeter.SayHello',
    '/weft.greeter.v1.Greeter/SayHello',
    '.weft.greeter.v1.Greeter.SayHello',
  ])('as %s', async (name) => {
    expect(await call(kit.address, name, [{ name: 'Ada' }])).toEqual([expect.objectContaining({ locale: 'en' })]);
  });

  test.each(['Nothing', 'foreign.v1.Echo/Nothing', 'Nobody/Say', 'cho/Say', 'Echo', '/Echo', 'Echo/', ''])(
    'or not, as "%s": then all are listed',
    async (name) => {
      const list = ['Echo/Say', 'Echo/Collect', 'Echo/Expand', 'Echo/Chat', 'Shout/Say', 'Shout/Never'].map(
        (each) => `foreign.v1.${each}`,
      );
      await expect(findMethod(foreign.address, name)).rejects.toThrow(
        `method ${name} not found; the server has\n  ${list.join('\n  ')}`,
      );
    },
  );

  test('only with its service where services share a name', async () => {
    await expect(findMethod(foreign.address, 'Say')).rejects.toThrow(
      'Say is ambiguous; write one of\n  foreign.v1.Echo/Say\n  foreign.v1.Shout/Say',
    );
    for (const name of ['foreign.v1.Shout/Say', 'Shout.Say'])
      expect(await call(foreign.address, name, [{ text: 'hey' }])).toEqual([word('hey')]);
  });
});

describe('a call that goes wrong', () => {
  test.each<[string, JsonValue[], object]>([
    [
      'an unknown field',
      [{ nmae: 'Ada' }],
      {
        code: 'INVALID_ARGUMENT',
        details: { violations: [{ field: 'nmae', description: 'is not a field of the request' }] },
      },
    ],
    ['a value of another type', [{ name: 7 }], { code: 'INVALID_ARGUMENT', message: expect.stringContaining('name') }],
    [
      'a refusal of the service',
      [{ name: '' }],
      { code: 'INVALID_ARGUMENT', message: 'request.invalid (name: must not be empty)' },
    ],
    ['more than one message', [{}, {}], { message: 'SayHello takes one message, not 2' }],
  ])('because of %s says so', async (_, messages, error) => {
    await expect(call(kit.address, 'SayHello', messages)).rejects.toMatchObject(error);
  });

  test('because its messages cannot be made fails with that error', async () => {
    function* messages(): Generator<JsonValue> {
      yield { text: 'a' };
      throw new Error('the file is gone');
    }
    await expect(call(foreign.address, 'Collect', messages())).rejects.toThrow('the file is gone');
    await expect(call(foreign.address, 'Chat', messages())).rejects.toThrow('the file is gone');
  });

  test('because nothing listens is UNAVAILABLE', async () => {
    const port = await createPortChooser()();
    await expect(findMethod(`127.0.0.1:${port}`, 'SayHello')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
