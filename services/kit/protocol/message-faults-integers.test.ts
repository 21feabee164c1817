import type { DescMessage } from '@bufbuild/protobuf';
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

const SIGNED = [-(2n ** 31n), 2n ** 31n - 1n] as const;
const UNSIGNED = [0n, 2n ** 32n - 1n] as const;
const LONG = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const UNSIGNED_LONG = [0n, 2n ** 64n - 1n] as const;

const TYPES: [type: string, min: bigint, max: bigint][] = [
  ...['Int32', 'Sint32', 'Sfixed32'].map((type): [string, bigint, bigint] => [type, ...SIGNED]),
  ...['Uint32', 'Fixed32'].map((type): [string, bigint, bigint] => [type, ...UNSIGNED]),
  ...['Int64', 'Sint64', 'Sfixed64'].map((type): [string, bigint, bigint] => [type, ...LONG]),
  ...['Uint64', 'Fixed64'].map((type): [string, bigint, bigint] => [type, ...UNSIGNED_LONG]),
];

describe.each(TYPES)('a field of %s', (type, min, max) => {
  const field = `a${type}`;
  const is64 = type.endsWith('64');
  const read = (value: unknown): string => String(sentAndRead(contract, { [field]: value })[field]);

  test('takes all there are', () => {
    const exact = [min, 0n, 1n, max].flatMap((value) => [String(value), is64 ? value : Number(value)]);
    for (const value of exact) {
      expect(messageFaults(message, { [field]: value })).toEqual([]);
      expect(read(value)).toBe(String(value));
    }
  });

  // Nothing has to look for these: they are not sent, while developing or not.
  test.each<[string, unknown]>([
    ['one too many', String(max + 1n)],
    ['one too few', String(min - 1n)],
    ['a fraction', 1.5],
    ['a text', 'abc'],
    ['digits and more', '12ab'],
    ['a number far too large', 1e30],
    ['no number', NaN],
    ['infinity', Infinity],
  ])('never becomes another for %s', (_, value) => {
    expect(() => read(value)).toThrow(/^cannot encode field test\.Message\.a_\w+ to binary: /);
  });

  test.each<[string, unknown]>([
    ['an empty text', ''],
    ['hexadecimal digits', '0x10'],
    ['an exponent', '1e3'],
    ['a bool', true],
    ['a list', [1]],
    ['an object', {}],
  ])('refuses %s', (_, value) => {
    expect(messageFaults(message, { [field]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${field} must be a whole number, not `)),
    ]);
  });
});
