import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { createFileRegistry, type DescMessage, type DescMethod, fromBinary, type Message } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { createClientCodec } from './codec';
import { everyKind } from '../testing/every-kind';
import { messageFromJsonText, messageToJsonText } from '../json/json';

// The cases of Protocol Buffers' own conformance suite; `../testing/conformance.md` says where they come from.

interface Case {
  readonly name: string;
  readonly type: string;
  readonly output: 'binary' | 'json';
  readonly binary?: string;
  readonly json?: string;
  readonly message?: string;
  readonly bytes?: string;
  readonly validated?: string;
  readonly expect?: 'refused' | 'unwritable';
  readonly ignoreUnknown?: boolean;
}

const recorded = gunzipSync(readFileSync(join(__dirname, '../testing/conformance.json.gz'))).toString();
const { descriptors, cases } = JSON.parse(recorded) as { descriptors: string; cases: Case[] };
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, Buffer.from(descriptors, 'base64')));

const LEFT_OUT = new Set([
  // Recommended, not required. JSON.parse takes the last of two members with the same name.
  'Recommended.Proto3.JsonInput.FieldNameDuplicate',
  'Recommended.Proto2.JsonInput.FieldNameDuplicate',
  'Recommended.Editions_Proto3.JsonInput.FieldNameDuplicate',
  'Recommended.Editions_Proto2.JsonInput.FieldNameDuplicate',
  // Recommended, not required. protobuf-es reads an extension only when it is asked for.
  'Recommended.Editions.ProtobufInput.RejectInvalidUtf8.String.Extension',
  // The bytes differ. Only a reader that knows MessageSet, which protobuf-es does not, can tell that they mean the same.
  'Required.Proto2.ProtobufInput.ValidMessageSetEncoding.OutOfOrderGroupsEntries.ProtobufOutput',
  'Recommended.Proto2.ProtobufInput.ValidMessageSetEncoding.SubmessageEncoding.ProtobufOutput',
  'Recommended.Proto2.ProtobufInput.ValidMessageSetEncoding.SubmessageEncoding.NotUnknown.ProtobufOutput',
]);

function typeOf({ type }: Case): DescMessage {
  const found = registry.getMessage(type);
  if (!found) throw new Error(`no type ${type}`);
  return found;
}

const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');

const codecs = new Map<string, Codec>();

function codecOf(each: Case): Codec {
  const codec = codecs.get(each.type) ?? createCodec(typeOf(each));
  codecs.set(each.type, codec);
  return codec;
}

/** The kit's paths, with the checks that run in development. */
function createCodec(type: DescMessage) {
  const { decode, encode } = createClientCodec({ ...METHOD, input: type, output: type }, true);
  return {
    decode,
    encode,
    readJson: (text: string): Message => messageFromJsonText(type, text),
    writeJson: (message: Message): string => messageToJsonText(type, message),
  };
}

/** Any method will do, since its messages are replaced. */
const METHOD = everyKind().service('EveryKind').methods[0] as DescMethod;

type Codec = ReturnType<typeof createCodec>;

function answer(each: Case, message: Message, codec: Codec): 'right' | 'different' {
  const written = each.output === 'json' ? codec.writeJson(message) : codec.encode(message);
  if (each.validated !== undefined) return same(contained(each.validated, String(written)), parsed(each.validated));
  if (each.bytes !== undefined) return same(written, bytesOf(each.bytes));
  // JSON may hold floats of more than 32 bits until they are sent.
  const bytes = typeof written === 'string' ? codec.encode(codec.readJson(written)) : written;
  return same(codec.decode(bytes), codec.decode(bytesOf(each.message ?? '')));
}

const same = (actual: unknown, expected: unknown): 'right' | 'different' =>
  isDeepStrictEqual(actual, expected) ? 'right' : 'different';

/** C++ writes a float with the fewest digits, protobuf-es writes the equal double. */
const parsed = (text: string): Record<string, unknown> =>
  JSON.parse(text, (_, value: unknown) => (typeof value === 'number' ? Math.fround(value) : value)) as never;

/** The members that the expected JSON has too: the kit also writes empty fields. */
function contained(expected: string, actual: string): unknown {
  const names = new Set(Object.keys(parsed(expected)));
  return Object.fromEntries(Object.entries(parsed(actual)).filter(([name]) => names.has(name)));
}

/** `refused` if the input cannot be read, `unwritable` if the output cannot be written. */
function outcome(each: Case): 'right' | 'different' | 'refused' | 'unwritable' {
  const codec = codecOf(each);
  let message: Message;
  try {
    message = each.json === undefined ? codec.decode(bytesOf(each.binary ?? '')) : codec.readJson(each.json);
  } catch {
    return 'refused';
  }
  try {
    return answer(each, message, codec);
  } catch {
    return 'unwritable';
  }
}

const kindOf = ({ json, output }: Case): string => `${json === undefined ? 'binary' : 'json'} to ${output}`;

const KINDS = ['binary to binary', 'binary to json', 'json to binary', 'json to json'];
/** Without the 44 cases that ask for unknown JSON fields to be ignored: the kit refuses such fields. */
const chosen = (kind: string): Case[] =>
  cases.filter((each) => kindOf(each) === kind && !LEFT_OUT.has(each.name) && !each.ignoreUnknown);

test.each(KINDS.map((kind) => [kind, chosen(kind).length, chosen(kind)] as const))('%s: %i cases', (_, __, some) => {
  expect(some.length).toBeGreaterThan(400);
  const wrong = some.map((each) => [each.name, outcome(each), each.expect ?? 'right'] as const);
  expect(wrong.filter(([, actual, expected]) => actual !== expected)).toEqual([]);
});
