import type { DescMessage, JsonValue } from '@bufbuild/protobuf';
import { everyType } from '../testing/every-type';
import { messageOf } from '../testing/proto-contract';
import type { Json } from './json-numbers';
import { jsonByType } from './json-types';

let message: DescMessage;

beforeAll(async () => {
  message = messageOf(await everyType(), 'Message');
});

test.each<[JsonValue]>([
  [{ a_int64: '0x10' }],
  [{ aUint64: ' 5' }],
  [{ numbers: [1, '2', '0b1'] }],
  [{ counts: { a: '1', b: '+1' } }],
  [{ inner: { inner: { a_fixed32: '0o7' } } }],
  [{ inners: [{}, { aSint64: '' }] }],
  [{ by_name: { a: { numbers: ['1_000'] } } }],
  [{ right: { numbers: ['١'] } }],
])('%j has a whole number that is not written as one', (json) => {
  expect(() => jsonByType(message, json as Json)).toThrow('is not a number of this type');
});

test.each<[JsonValue]>([
  [{ a_int64: '-9007199254740993', aUint64: 5, numbers: ['1', 2, '3e0'], counts: { a: '1' } }],
  [{ text: '0x10', ratio: 'NaN', wrapped: '0x10', created_at: '2026-01-01T00:00:00Z' }],
  // Wrong, and for others to say so.
  [{ numbers: 'a', counts: 3, inner: null, inners: {}, nobody: '0x10' }],
  [null],
  [[]],
])('%j has none', (json) => {
  expect(() => jsonByType(message, json as Json)).not.toThrow();
});
