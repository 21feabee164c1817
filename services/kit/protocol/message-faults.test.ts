import type { DescMessage } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Contract } from '../declaration/contract';
import { everyType, sentAndRead } from '../testing/every-type';
import { messageOf } from '../testing/proto-contract';
import { messageFaults } from './message-faults';

let contract: Contract;
let message: DescMessage;

beforeAll(async () => {
  contract = await everyType();
  message = messageOf(contract, 'Message');
});

const NOW = new Date(1_700_000_000_500);
const drop = 'is not a field of test.Message and would be dropped';

// Each of these is one that protobuf-es takes, and loses.
test.each<[string, object, string[]]>([
  ['a Date', { createdAt: NOW }, ['createdAt is a Date, which would become 1970; write timestampFromDate(date)']],
  [
    'a Date for another message',
    { inner: NOW },
    ['inner is a Date, which would become 1970; write timestampFromDate(date)'],
  ],
  ['the number of an enum as text', { color: '1' }, ['color cannot be "1"; test.Color has no such value']],
  ['a field in snake_case', { nick_name: 'x' }, [`nick_name ${drop}; write nickName`]],
  ['a field by its JSON name', { other: 'x' }, [`other ${drop}; write renamed`]],
  ['an unknown field', { nmae: 'x' }, [`nmae ${drop}`]],
  ['a name of the prototype', { constructor: 'x' }, [`constructor ${drop}`]],
  ['two that are none', { a: 1, b: 2 }, [`a ${drop}`, `b ${drop}`]],
  ['a text for a number', { amount: 'abc' }, ['amount must be a number, not "abc"']],
  ['a text for a bool', { open: 'false' }, ['open must be true or false, not "false"']],
  ['an object for a text', { text: { a: 1 } }, ['text must be a text, not an object']],
  ['half a character', { text: '\ud83d' }, ['text must be a text, not "\\ud83d"']],
  ['an item of a list', { numbers: [1, '0x10'] }, ['numbers[1] must be a whole number, not "0x10"']],
  ['a value of a map', { counts: { 'a.b': '' } }, ['counts["a.b"] must be a whole number, not ""']],
  ['a field of a oneof by itself', { left: 'x' }, [`left ${drop}; write choice: { case: 'left', value: … }`]],
  ['a list that is a text', { numbers: '12' }, ['numbers must be an array, not "12"']],
  [
    'a field far below',
    { byName: { a: { inners: [{}, { choice: { case: 'right', value: { nick_name: 'x' } } }] } } },
    [`byName["a"].inners[1].choice.value.nick_name ${drop}; write nickName`],
  ],
  [
    'a field of google’s',
    { createdAt: { second: 1 } },
    ['createdAt.second is not a field of google.protobuf.Timestamp and would be dropped'],
  ],
])('finds %s, which would be lost in silence', (_, value, faults) => {
  expect(messageFaults(message, value)).toEqual(faults);
  expect(sentAndRead(contract, value)).not.toMatchObject(value);
});

// protobuf-es refuses these itself, in worse words, or makes something of them that was hardly meant.
test.each<[string, object, string]>([
  ['a list for a message', { inner: [] }, 'inner must be an object, not an array'],
  ['a text for a message', { inner: 'x' }, 'inner must be an object, not "x"'],
  ['an object for a wrapped one', { wrapped: { value: 'x' } }, 'wrapped must be a text, not an object'],
  ['an unknown enum', { color: 'BLUE' }, 'color cannot be "BLUE"; test.Color has no such value'],
  [
    'an enum by its name',
    { color: 'COLOR_RED' },
    'color cannot be "COLOR_RED"; test.Color has no such value; write Color.RED',
  ],
  [
    'an enum by its name in code',
    { color: 'RED' },
    'color cannot be "RED"; test.Color has no such value; write Color.RED',
  ],
  [
    'a name of the prototype for an enum',
    { color: 'toString' },
    'color cannot be "toString"; test.Color has no such value',
  ],
  ['a text for a small number', { ratio: 'abc' }, 'ratio must be a number, not "abc"'],
  ['a number for bytes', { raw: 5 }, 'raw must be bytes, not 5'],
  ['a text in a list of numbers', { numbers: [1, 'a'] }, 'numbers[1] must be a whole number, not "a"'],
  ['nothing in a list', { numbers: [undefined] }, 'numbers[0] must be a whole number, not undefined'],
  ['a text in a map of numbers', { counts: { 'a.b': 'x' } }, 'counts["a.b"] must be a whole number, not "x"'],
  ['a list of pairs for a map', { counts: [['a', 1]] }, 'counts must be an object, not an array'],
  ['another message', { inner: { $typeName: 'test.Other' } }, 'inner must be a test.Message, not a test.Other'],
  ['a text for a oneof', { choice: 'left' }, 'choice must be an object with case and value, not "left"'],
  [
    'a case that a oneof does not have',
    { choice: { case: 'text', value: 'x' } },
    'choice.case cannot be "text"; write one of left, right',
  ],
  ['nothing in a list of messages', { inners: [null] }, 'inners[0] must be an object, not null'],
  ['a text for a list', { numbers: 'abc' }, 'numbers must be an array, not "abc"'],
  ['an object for a list', { numbers: { 0: 1 } }, 'numbers must be an array, not an object'],
  ['a text for a map', { counts: 'abc' }, 'counts must be an object, not "abc"'],
  ['a list in a map', { byName: { a: [] } }, 'byName["a"] must be an object, not an array'],
  ['a number for a bool', { open: 1 }, 'open must be true or false, not 1'],
  ['a number for a text', { text: 5 }, 'text must be a text, not 5'],
  ['a text for bytes', { raw: 'aGk=' }, 'raw must be bytes, not "aGk="'],
  ['a list for bytes', { raw: [1, 2] }, 'raw must be bytes, not an array'],
  ['a buffer of no type', { raw: new ArrayBuffer(2) }, 'raw must be bytes, not an object'],
  ['digits for a number', { amount: '1.5' }, 'amount must be a number, not "1.5"'],
  [
    'a fault behind a oneof',
    { choice: { case: 'right', value: { text: 5 } } },
    'choice.value.text must be a text, not 5',
  ],
])('finds %s', (_, value, fault) => {
  expect(messageFaults(message, value)).toEqual([fault]);
});

test.each([null, undefined, [], 5, 'x'])('%j is not a message', (value) => {
  expect(messageFaults(message, value)).toEqual([expect.stringMatching(/^test\.Message must be an object, not /)]);
});

// Each of these arrives as it is meant.
test.each<[string, object, object]>([
  ['nothing', {}, { text: '', aInt32: 0, aInt64: 0n, numbers: [], counts: {} }],
  ['undefined', { inner: undefined, text: undefined, nickName: undefined }, { text: '' }],
  ['null', { inner: null, text: null, nickName: null, numbers: null }, { text: '', numbers: [] }],
  [
    'a timestamp',
    { createdAt: timestampFromDate(NOW) },
    { createdAt: { seconds: 1_700_000_000n, nanos: 500_000_000 } },
  ],
  ['a wrapped text', { wrapped: 'x' }, { wrapped: 'x' }],
  ['an enum', { color: 1 }, { color: 1 }],
  ['a value of an enum that a newer contract has', { color: 7 }, { color: 7 }],
  ['a number', { amount: -1.5, ratio: 0.5 }, { amount: -1.5, ratio: 0.5 }],
  ['numbers that are none', { amount: NaN, ratio: -Infinity }, { amount: NaN, ratio: -Infinity }],
  ['bytes', { raw: new Uint8Array([1, 2]) }, { raw: Buffer.from([1, 2]) }],
  ['a Buffer', { raw: Buffer.from('hi') }, { raw: Buffer.from('hi') }],
  ['lists and maps', { numbers: [1, 2], counts: { 'a.b': 1 } }, { numbers: [1, 2], counts: { 'a.b': 1 } }],
  ['messages within', { byName: { a: { inners: [{ text: 'x' }] } } }, { byName: { a: { inners: [{ text: 'x' }] } } }],
  [
    'a field of a oneof',
    { choice: { case: 'right', value: { text: 'x' } } },
    { choice: { case: 'right', value: { text: 'x' } } },
  ],
  ['a oneof with nothing set', { choice: { case: undefined } }, { choice: { case: undefined } }],
  ['an optional text that is empty', { nickName: '' }, { nickName: '' }],
  ['a field with another JSON name', { renamed: 'x' }, { renamed: 'x' }],
])('has nothing against %s', (_, value, read) => {
  expect(messageFaults(message, value)).toEqual([]);
  expect(sentAndRead(contract, value)).toMatchObject(read);
});

test('has nothing against a message as it was read', () => {
  const read = sentAndRead(contract, {
    choice: { case: 'left', value: 'x' },
    aInt64: 9007199254740993n,
    createdAt: timestampFromDate(NOW),
    inners: [{}],
  });
  expect(read).toMatchObject({ choice: { case: 'left', value: 'x' }, aInt64: 9007199254740993n });
  expect(messageFaults(message, read)).toEqual([]);
});

test('the faults of a message within begin with its path', () => {
  expect(messageFaults(message, { text: 5, nmae: 1 }, 'order.buyer')).toEqual([
    'order.buyer.text must be a text, not 5',
    `order.buyer.nmae ${drop}`,
  ]);
  expect(messageFaults(message, 5, 'order.buyer')).toEqual(['order.buyer must be an object, not 5']);
});
