import type { DescMessage } from '@bufbuild/protobuf';
import { compile } from '../../../proto/http/testing/compile';
import { messageFromJsonText, messageToJson, messageToJsonText } from './json';
import type { FieldViolation, StatusError } from '../errors/status-error';

const INTEGERS = [
  'int32',
  'sint32',
  'sfixed32',
  'uint32',
  'fixed32',
  'int64',
  'sint64',
  'sfixed64',
  'uint64',
  'fixed64',
];

let message: DescMessage;

beforeAll(async () => {
  const registry = await compile(`
    enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; }
    message Message {
      ${INTEGERS.map((type, index) => `${type} a_${type} = ${index + 1};`).join(' ')}
      float ratio = 11; double amount = 12; bool open = 13; string text = 14; bytes raw = 15; Color color = 16;
      Message inner = 17; repeated int64 numbers = 18; repeated Message inners = 19;
      map<string, int64> counts = 20; map<int64, string> names = 21; map<string, Message> by_name = 22;
      oneof choice { string left = 23; int64 right = 24; Message other = 25; }
      google.protobuf.Int64Value wrapped = 26; google.protobuf.DoubleValue wrapped_double = 27;
      google.protobuf.StringValue wrapped_text = 28; google.protobuf.Value any_json = 29; google.protobuf.Struct object = 30;
      google.protobuf.Any any = 31; google.protobuf.Timestamp at = 32; google.protobuf.Duration took = 33;
      google.protobuf.FieldMask mask = 34; string constructor = 35; int64 __proto__ = 36; string to_string = 37;
      repeated google.protobuf.UInt64Value wrapped_list = 38;
    }
    message Plain { string name = 1; repeated Plain plains = 2; }`);
  message = registry.getMessage('test.Message') as DescMessage;
});

/** The members that the JSON of the message has after a way there and back. */
function kept(text: string): object {
  const read = messageToJson(message, messageFromJsonText(message, text)) as object;
  return Object.fromEntries(Object.entries(read).filter(([key]) => text.includes(`"${key}"`)));
}

function violationsOf(text: string): readonly FieldViolation[] {
  try {
    messageFromJsonText(message, text);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'request.invalid' });
    return (error as StatusError).details.violations ?? [];
  }
  throw new Error('it was taken');
}

test.each([
  ['{"aInt64":9007199254740993}', { aInt64: '9007199254740993' }],
  ['{"aInt64":-9007199254740995}', { aInt64: '-9007199254740995' }],
  ['{"aInt64":9223372036854775807}', { aInt64: '9223372036854775807' }],
  ['{"aInt64":-9223372036854775808}', { aInt64: '-9223372036854775808' }],
  ['{"aSint64":"9223372036854775807"}', { aSint64: '9223372036854775807' }],
  ['{"aUint64":18446744073709551615}', { aUint64: '18446744073709551615' }],
  ['{"aFixed64":18446744073709551615}', { aFixed64: '18446744073709551615' }],
  ['{"aInt64":9.007199254740993e15}', { aInt64: '9007199254740993' }],
  ['{"aInt64":"1e3"}', { aInt64: '1000' }],
  ['{"aInt64":1e3,"aInt32":1.0}', { aInt64: '1000', aInt32: 1 }],
  ['{"aInt32":2147483647,"aUint32":4294967295}', { aInt32: 2147483647, aUint32: 4294967295 }],
  ['{"aInt32":"3e2","aFixed32":"3.0"}', { aInt32: 300, aFixed32: 3 }],
  ['{"numbers":[9007199254740993,"9007199254740995",1e0]}', { numbers: ['9007199254740993', '9007199254740995', '1'] }],
  ['{"counts":{"a":9007199254740993,"1e5":1}}', { counts: { a: '9007199254740993', '1e5': '1' } }],
  ['{"names":{"9007199254740993":"a","-1":"b"}}', { names: { '9007199254740993': 'a', '-1': 'b' } }],
  ['{"wrapped":9007199254740993}', { wrapped: '9007199254740993' }],
  ['{"wrappedList":[18446744073709551615]}', { wrappedList: ['18446744073709551615'] }],
  ['{"wrappedText":"0x10","text":"1e5"}', { wrappedText: '0x10', text: '1e5' }],
  ['{"other":{"inners":[{"aInt64":9007199254740993}]}}', { other: { inners: [{ aInt64: '9007199254740993' }] } }],
  ['{"byName":{"a":{"aInt64":9007199254740993}}}', { byName: { a: { aInt64: '9007199254740993' } } }],
  ['{"right":9007199254740993}', { right: '9007199254740993' }],
  // google.protobuf.Value's numbers are doubles.
  ['{"anyJson":[9007199254740993,1e3,{"a":0.1}]}', { anyJson: [9007199254740992, 1000, { a: 0.1 }] }],
  ['{"object":{"a":9007199254740993}}', { object: { a: 9007199254740992 } }],
  ['{"amount":1e3,"ratio":"1.5","aInt64":9007199254740993}', { amount: 1000, ratio: 1.5, aInt64: '9007199254740993' }],
  ['{"amount":0.1234567890123456789}', { amount: 0.12345678901234568 }],
  ['{"amount":"NaN","wrappedDouble":"-Infinity"}', { amount: 'NaN', wrappedDouble: '-Infinity' }],
  ['{"color":1e0}', { color: 'COLOR_RED' }],
  ['{"at":"2026-01-01T09:00:00.250Z","took":"1.500s"}', { at: '2026-01-01T09:00:00.250Z', took: '1.500s' }],
  ['{"mask":"a,bC.d"}', { mask: 'a,bC.d' }],
  ['{"inner":null,"aInt64":null,"numbers":null}', { aInt64: '0', numbers: [] }],
])('%s keeps its values', (text, json) => {
  expect(kept(text)).toEqual(expect.objectContaining(withMatchers(json)));
});

/** Messages in it may have more members than are said. */
function withMatchers(json: object): object {
  const nested = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(nested)
      : typeof value === 'object' && value !== null
        ? (expect.objectContaining(withMatchers(value)) as object)
        : value;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, nested(value)]));
}

test.each([
  '{"any":{"@type":"type.googleapis.com/test.Message","aInt64":9007199254740993}}',
  '{"any":{"@type":"x/google.protobuf.Int64Value","value":9007199254740993}}',
])('%s keeps the number in its Any', (text) => {
  expect(messageToJsonText(message, messageFromJsonText(message, text))).toContain('"9007199254740993"');
});

test('fields called like members of every object are fields', () => {
  const text = '{"constructor":"a","__proto__":9007199254740993,"toString":"b"}';
  const read = messageFromJsonText(message, text);
  const json = messageToJsonText(message, read);
  expect(json).toContain('"constructor":"a"');
  expect(json).toContain('"9007199254740993"');
  expect(json).toContain('"toString":"b"');
  expect({}).not.toHaveProperty('aInt64');
});

test.each([
  ['{"aInt64":9223372036854775808}', 'a_int64', 'must be a whole number of 64 bits, not 9223372036854775808'],
  [
    '{"aUint64":18446744073709551616}',
    'a_uint64',
    'must be a whole number of 64 bits that is not negative, not 184467',
  ],
  ['{"aUint64":-1}', 'a_uint64', 'must be a whole number of 64 bits that is not negative, not -1'],
  ['{"aInt64":1.5}', 'a_int64', 'must be a whole number of 64 bits, not 1.5'],
  ['{"aInt64":9007199254740992.5}', 'a_int64', 'must be a whole number of 64 bits, not 9007199254740992.5'],
  ['{"aInt64":1e999}', 'a_int64', 'must be a whole number of 64 bits, not 1e999'],
  ['{"aInt32":2147483648}', 'a_int32', 'must be a whole number of 32 bits, not 2147483648'],
  ['{"amount":1e999}', 'amount', 'must be a number, not 1e999'],
  ['{"amount":"0x10"}', 'amount', 'must be a number, not "0x10"'],
  ['{"wrappedDouble":"0x10"}', 'wrapped_double', 'must be a number, not "0x10"'],
  ['{"wrapped":"0x10"}', 'wrapped', 'must be a whole number of 64 bits, not "0x10"'],
  ['{"names":{"0x10":"a"}}', 'names["0x10"]', 'has a key that is not a whole number of 64 bits'],
  ['{"text":9007199254740993}', 'text', 'must be a text, not 9007199254740993'],
  ['{"text":5}', 'text', 'must be a text, not 5'],
  ['{"open":1e0}', 'open', 'must be true or false, not 1e0'],
  ['{"at":9007199254740993}', 'at', 'must be a time such as 2026-01-31T12:00:00Z, not 9007199254740993'],
  ['{"numbers":[1,1.5]}', 'numbers[1]', 'must be a whole number of 64 bits, not 1.5'],
  ['{"inners":[{},{"counts":{"a":"+1"}}]}', 'inners[1].counts["a"]', 'must be a whole number of 64 bits, not "+1"'],
  ['{"left":"a","right":1}', 'right', 'must not be set beside left: choice allows one of left, right, other'],
  ['{"inner":{"left":"a","other":{}}}', 'inner.other', 'must not be set beside left'],
  ['9007199254740993', 'body', 'must be an object, not 9007199254740993'],
  ['{"nobody":1e5}', 'nobody', 'is not a field of the request'],
  ['{"valueOf":1}', 'valueOf', 'is not a field of the request'],
])('%s is refused by the path of the field', (text, field, description) => {
  expect(violationsOf(text)).toEqual([{ field, description: expect.stringContaining(description) as string }]);
});

test.each(INTEGERS)('%s is written as a number', (type) => {
  for (const written of ['"0x10"', '" 5"', '"5 "', '"+5"', '"0b1"', '""', '"1_000"', '"1.5"', 'true'])
    expect(violationsOf(`{"a_${type}":${written}}`)).toMatchObject([{ field: `a_${type}` }]);
  for (const written of ['5', '"5"', '5.0', '"5.0"', '0.5e1', '"50e-1"'])
    expect(numberIn(`{"a_${type}":${written}}`, `a_${type}`)).toBe(5);
});

/** The value of a field of whole numbers that JSON sets. */
function numberIn(text: string, name: string): number {
  const field = message.fields.find((each) => each.name === name);
  return Number((messageFromJsonText(message, text) as Record<string, unknown>)[field?.localName ?? '']);
}

test('text that is not JSON is not a fault of a field', () => {
  expect(() => messageFromJsonText(message, '{"a":')).toThrow(SyntaxError);
});
