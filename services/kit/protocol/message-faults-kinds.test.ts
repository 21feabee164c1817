import { everyType, sentAndRead } from '../testing/every-type';
import { messageOf, protoContract } from '../testing/proto-contract';
import { messageFaults } from './message-faults';

test.each([
  ['a oneof of two words', { whichOne: { case: 'bC', value: 'x' } }],
  ['an optional field', { nickName: 'x' }],
])('a message as it was read has no faults: %s', async (_, value) => {
  const contract = await protoContract(
    'message Message { oneof which_one { string a = 1; string b_c = 2; } optional string nick_name = 3; }',
  );
  const read = sentAndRead(contract, value);
  expect(read).toMatchObject(value);
  expect(messageFaults(messageOf(contract, 'Message'), read)).toEqual([]);
});

test.each<[string, object]>([
  ['a Map', { counts: new Map([['a', 1]]) }],
  ['a bigint for a text', { text: 5n }],
])('%s is a fault', async (_, value) => {
  const contract = await everyType();
  expect(messageFaults(messageOf(contract, 'Message'), value)).toHaveLength(1);
});

test.each<[string, object]>([
  ['a float too large', { ratio: 1e39 }],
  ['a number that is negative where none may be', { aUint32: -1n }],
])('%s is not sent, while developing or not', async (_, value) => {
  const contract = await everyType();
  expect(() => sentAndRead(contract, value)).toThrow(/^cannot encode field /);
});
