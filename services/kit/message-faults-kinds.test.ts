import { everyType, sentAndRead } from './fixtures/every-type';
import { messageOf, protoContract } from './fixtures/proto-contract';
import { messageFaults } from './message-faults';

test.each([
  ['the name of a oneof of two words', { whichOne: 'bC', bC: 'x' }],
  ['the name of an optional field', { _nickName: 'nickName', nickName: 'x' }],
])('a message as it was read has no faults: %s', async (_, value) => {
  const contract = await protoContract(
    'message Message { oneof which_one { string a = 1; string b_c = 2; } optional string nick_name = 3; }',
  );
  const read = sentAndRead(contract, value);
  expect(messageFaults(messageOf(contract, 'Message'), read)).toEqual([]);
});

test.each<[string, object]>([
  ['a Map', { counts: new Map([['a', 1]]) }],
  ['two fields of a oneof', { left: 'a', right: { text: 'b' } }],
  ['a float too large', { ratio: 1e39 }],
])('%s is a fault', async (_, value) => {
  const contract = await everyType();
  expect(messageFaults(messageOf(contract, 'Message'), value)).toHaveLength(1);
});

test.each<[string, object]>([
  ['text', { text: 5n }],
  ['uint32', { aUint32: -1n }],
])('a bigint that is wrong is a fault: %s', async (_, value) => {
  expect(messageFaults(messageOf(await everyType(), 'Message'), value)).toHaveLength(1);
});
