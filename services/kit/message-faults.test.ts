import type { DescMessage } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Contract } from './contract';
import { everyType, sentAndRead } from './fixtures/every-type';
import { messageOf } from './fixtures/proto-contract';
import { messageFaults } from './message-faults';

let contract: Contract;
let message: DescMessage;

beforeAll(async () => {
  contract = await everyType();
  message = messageOf(contract, 'Message');
});

const NOW = new Date(1_700_000_000_500);
const drop = 'is no field of test.Message and would be dropped';

// Each of these is one that proto-loader takes, and loses.
test.each<[string, object, string[]]>([
  ['a Date', { createdAt: NOW }, ['createdAt is a Date, which would become 1970; write timestampFromDate(date)']],
  [
    'a Date for another message',
    { inner: NOW },
    ['inner is a Date, which would become 1970; write timestampFromDate(date)'],
  ],
  ['an unknown enum', { color: 'RED' }, ['color cannot be "RED"; test.Color has no such value']],
  ['an enum in the wrong case', { color: 'color_red' }, ['color cannot be "color_red"; test.Color has no such value']],
  ['the number of an enum as text', { color: '1' }, ['color cannot be "1"; test.Color has no such value']],
  [
    'a name of the prototype for an enum',
    { color: 'toString' },
    ['color cannot be "toString"; test.Color has no such value'],
  ],
  ['a field in snake_case', { nick_name: 'x' }, [`nick_name ${drop}; write nickName`]],
  ['a field by its JSON name', { other: 'x' }, [`other ${drop}; write renamed`]],
  ['a field that is none', { nmae: 'x' }, [`nmae ${drop}`]],
  ['a name of the prototype', { constructor: 'x' }, [`constructor ${drop}`]],
  ['two that are none', { a: 1, b: 2 }, [`a ${drop}`, `b ${drop}`]],
  ['a text for a number', { amount: 'abc' }, ['amount must be a number, not "abc"']],
  ['a text for a small number', { ratio: 'abc' }, ['ratio must be a number of 32 bits, not "abc"']],
  ['a text for a bool', { open: 'false' }, ['open must be true or false, not "false"']],
  ['an object for a text', { text: { a: 1 } }, ['text must be a text, not an object']],
  ['a number for bytes', { raw: 5 }, ['raw must be bytes, not 5']],
  [
    'an item of a list',
    { numbers: [1, 'a', 2.5] },
    ['numbers[1] must be a whole number of 32 bits, not "a"', 'numbers[2] must be a whole number of 32 bits, not 2.5'],
  ],
  ['nothing in a list', { numbers: [undefined] }, ['numbers[0] must be a whole number of 32 bits, not undefined']],
  ['a value of a map', { counts: { 'a.b': 'x' } }, ['counts["a.b"] must be a whole number of 32 bits, not "x"']],
  ['a list of pairs for a map', { counts: [['a', 1]] }, ['counts must be an object, not an array']],
  [
    'a field far below',
    { byName: { a: { inners: [{}, { right: { nick_name: 'x' } }] } } },
    [`byName["a"].inners[1].right.nick_name ${drop}; write nickName`],
  ],
  [
    'a part of a timestamp',
    { createdAt: { seconds: 1, nanos: 0.5 } },
    ['createdAt.nanos must be a whole number of 32 bits, not 0.5'],
  ],
  [
    'a field of google’s',
    { createdAt: { second: 1 } },
    ['createdAt.second is no field of google.protobuf.Timestamp and would be dropped'],
  ],
])('finds %s, which would be lost in silence', (_, value, faults) => {
  expect(messageFaults(message, value)).toEqual(faults);
  expect(sentAndRead(contract, value)).not.toMatchObject(value);
});

// proto-loader refuses these itself, in worse words, or makes something of them that was hardly meant.
test.each<[string, object, string]>([
  ['a list for a message', { inner: [] }, 'inner must be an object, not an array'],
  ['a text for a message', { inner: 'x' }, 'inner must be an object, not "x"'],
  ['a text for a wrapped one', { wrapped: 'x' }, 'wrapped must be an object, not "x"'],
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
  ['an unknown number of an enum', { color: 7 }, 'color cannot be 7; test.Color has no such value'],
  ['a fault behind a oneof', { right: { text: 5 }, choice: 'right' }, 'right.text must be a text, not 5'],
])('finds %s', (_, value, fault) => {
  expect(messageFaults(message, value)).toEqual([fault]);
});

test.each([null, undefined, [], 5, 'x'])('%j is no message', (value) => {
  expect(messageFaults(message, value)).toEqual([expect.stringMatching(/^test\.Message must be an object, not /)]);
});

// Each of these arrives as it is meant.
test.each<[string, object, object]>([
  ['nothing', {}, { text: '', aInt32: 0, aInt64: '0', inner: null, numbers: [], counts: {} }],
  ['undefined', { inner: undefined, text: undefined, nickName: undefined }, { inner: null, text: '' }],
  ['null', { inner: null, text: null, nickName: null, numbers: null }, { inner: null, text: '', numbers: [] }],
  ['a timestamp', { createdAt: timestampFromDate(NOW) }, { createdAt: { seconds: '1700000000', nanos: 500_000_000 } }],
  ['a wrapped text', { wrapped: { value: 'x' } }, { wrapped: { value: 'x' } }],
  ['an enum by name', { color: 'COLOR_RED' }, { color: 'COLOR_RED' }],
  ['an enum by number', { color: 1 }, { color: 'COLOR_RED' }],
  ['a number', { amount: -1.5, ratio: 0.5 }, { amount: -1.5, ratio: 0.5 }],
  ['numbers that are none', { amount: NaN, ratio: -Infinity }, { amount: NaN, ratio: -Infinity }],
  ['bytes', { raw: new Uint8Array([1, 2]) }, { raw: Buffer.from([1, 2]) }],
  ['a Buffer', { raw: Buffer.from('hi') }, { raw: Buffer.from('hi') }],
  ['lists and maps', { numbers: [1, 2], counts: { 'a.b': 1 } }, { numbers: [1, 2], counts: { 'a.b': 1 } }],
  ['messages within', { byName: { a: { inners: [{ text: 'x' }] } } }, { byName: { a: { inners: [{ text: 'x' }] } } }],
  ['a field of a oneof', { right: { text: 'x' } }, { right: { text: 'x' }, choice: 'right' }],
  ['an optional text that is empty', { nickName: '' }, { nickName: '' }],
  ['a field with another JSON name', { renamed: 'x' }, { renamed: 'x' }],
])('has nothing against %s', (_, value, read) => {
  expect(messageFaults(message, value)).toEqual([]);
  expect(sentAndRead(contract, value)).toMatchObject(read);
});

test('has nothing against a message as it was read, with the name of the field that is set', () => {
  const read = sentAndRead(contract, {
    left: 'x',
    aInt64: '9007199254740993',
    createdAt: timestampFromDate(NOW),
    inners: [{}],
  });
  expect(read).toMatchObject({ choice: 'left' });
  expect(messageFaults(message, read)).toEqual([]);
});

test('the faults of a message within begin with its path', () => {
  expect(messageFaults(message, { text: 5, nmae: 1 }, 'order.buyer')).toEqual([
    'order.buyer.text must be a text, not 5',
    `order.buyer.nmae ${drop}`,
  ]);
  expect(messageFaults(message, 5, 'order.buyer')).toEqual(['order.buyer must be an object, not 5']);
});
