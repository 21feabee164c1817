import { isFieldSet, type Message } from '@bufbuild/protobuf';
import { createClientCodec, createServerCodec } from './codec';
import type { Init } from '../testing/arbitrary-message';
import { everyKind } from '../testing/every-kind';

// What a handler sees of a request, and what it passes on.

const kinds = everyKind();
const method = kinds.service('EveryKind').method['unary'];

/** Sends one kind of message inside Everything: the message that the handler gets, and the bytes before and after. */
async function received(kind: string, value: Init, strict: boolean) {
  if (!method) throw new Error('test.kinds.EveryKind has no Unary');
  const server = createServerCodec(method, strict);
  const sent = createClientCodec(method, strict).encode({ one: { case: kind, value } });
  const request = server.decode(sent) as Message & { one: { value: Message & Init } };
  return { message: request.one.value, sent, passedOn: server.encode(request) };
}

const setFields = (type: string, message: Message): string[] =>
  kinds.message(type).fields.flatMap((field) => (isFieldSet(message, field) ? [field.name] : []));

describe.each([
  ['development', true],
  ['production', false],
])('in %s', (_, strict) => {
  test.each<[string, Init]>([
    [
      '64 bits',
      { byInt64: { '5': 'a', '9007199254740993': 'b', '-1': 'c' }, byUint64: { '18446744073709551615': 'x' } },
    ],
    ['bool', { byBool: { true: 'on', false: 'off' } }],
    [
      'strings such as __proto__',
      {
        byString: Object.fromEntries([
          ['__proto__', 'a'],
          ['toString', 'b'],
        ]),
      },
    ],
  ])('a map with keys of %s keeps all entries', async (__, maps) => {
    const { message, sent, passedOn } = await received('mapKeys', maps, strict);
    expect(message).toMatchObject(maps);
    expect(passedOn).toEqual(sent);
  });

  test('in an edition, a field sent empty differs from a field not sent', async () => {
    const empty = await received('edition', { required: 'a', aString: '', aInt32: 0 }, strict);
    const missing = await received('edition', { required: 'a' }, strict);
    expect(setFields('Edition', empty.message)).toEqual(['a_int32', 'a_string', 'required']);
    expect(setFields('Edition', missing.message)).toEqual(['required']);
    expect(missing.passedOn).toEqual(missing.sent);
  });

  test('in proto2, a field not sent reads as its default and is not set when passed on', async () => {
    const { message, sent, passedOn } = await received('proto2', { aString: '' }, strict);
    expect(message['defaultInt64']).toBe(-(2n ** 63n));
    expect(setFields('Proto2', message)).toEqual(['a_string']);
    expect(passedOn).toEqual(sent);
  });

  test('an open enum keeps a number without a name', async () => {
    const { message, sent, passedOn } = await received('scalars', { anEnum: 77 }, strict);
    expect(message).toMatchObject({ anEnum: 77 });
    expect(passedOn).toEqual(sent);
  });

  test('a value that a closed enum does not have is passed on unseen', async () => {
    if (!method) throw new Error('test.kinds.EveryKind has no Unary');
    const server = createServerCodec(method, strict);
    // Everything.proto2 { an_enum: 9 }, and no Closed has the number 9.
    const bytes = Buffer.from('6a03800109', 'hex');
    const request = server.decode(bytes) as Message & { one: { value: Message } };
    expect(setFields('Proto2', request.one.value)).toEqual([]);
    expect(server.encode(request)).toEqual(bytes);
  });
});
