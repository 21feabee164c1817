import { type DescMessage, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { arbitraryMessage } from '../testing/arbitrary-message';
import { everyKind } from '../testing/every-kind';
import { hasPythonProtobuf, type PythonProtobuf, startPythonProtobuf } from '../testing/python-protobuf';
import { messageFromJsonText, messageToJsonText } from './json';
import { createMaker } from '../protocol/own-members';

// JSON and bytes of every kind of field and name: they read back as what was written, and Google's protobuf for Python
// reads the same from them.

const kinds = everyKind();
const Everything = kinds.message('Everything');
const packed = ['Scalars', 'Lists', 'google.protobuf.Timestamp', 'google.protobuf.Int64Value'].map(kinds.message);
const types = new Set(Everything.fields.flatMap(({ message }) => (message ? [message] : [])));

// JSON.stringify writes -0 as 0.
const choices = (type: DescMessage) => arbitraryMessage(type, { negativeZero: false, packed }).map(createMaker(type));

/** Python writes a float with the fewest digits, protobuf-es writes the equal double. */
const rounded = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) => (typeof value === 'number' ? Math.fround(value) : value));

/** As it arrives, with floats rounded to 32 bits. */
const sent = (type: DescMessage, message: Message): Message => fromBinary(type, toBinary(type, message));

const python = hasPythonProtobuf('services/kit/json/every-kind-json.test.ts') ? test : test.skip;
let reader: PythonProtobuf | undefined;

afterAll(() => reader?.stop());

describe.each([...types].map((type) => [type.name, type] as const))('%s', (_, type) => {
  const write = (message: Message): string => messageToJsonText(type, message);
  const read = (json: string): Message => messageFromJsonText(type, json);

  test('reads back from JSON', () => {
    fc.assert(
      fc.property(choices(type), (message) => {
        expect(read(write(message))).toEqual(message);
      }),
    );
  });

  python('reads the same in Python', () => {
    reader ??= startPythonProtobuf(kinds.set);
    const { ask } = reader;
    return fc.assert(
      fc.asyncProperty(choices(type), async (message) => {
        const json = write(message);
        const theirs = await ask(type.typeName, toBinary(type, message), json);
        expect(fromBinary(type, theirs.binary)).toEqual(message);
        expect(rounded(theirs.json)).toEqual(rounded(json));
        // Both have sorted map entries, so equal bytes mean equal messages.
        expect(Buffer.from(theirs.fromJson)).toEqual(Buffer.from(theirs.binary));
        expect(sent(type, read(theirs.json))).toEqual(message);
      }),
      { numRuns: 50 },
    );
  });
});

const signed = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const unsigned = fc.bigInt(0n, 2n ** 64n - 1n);

test('64-bit numbers keep their digits when JSON has them as numbers', () => {
  const type = kinds.message('Scalars');
  const numbers = fc.record({
    aInt64: signed,
    aSint64: signed,
    aSfixed64: signed,
    aUint64: unsigned,
    aFixed64: unsigned,
  });
  fc.assert(
    fc.property(numbers, (chosen) => {
      const json = `{${Object.entries(chosen)
        .map(([name, value]) => `"${name}":${value}`)
        .join()}}`;
      expect(messageFromJsonText(type, json)).toMatchObject(chosen);
    }),
  );
});
