import type { DescMessage } from '@bufbuild/protobuf';
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

const SIGNED = [-(2n ** 31n), 2n ** 31n - 1n] as const;
const UNSIGNED = [0n, 2n ** 32n - 1n] as const;
const LONG = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const UNSIGNED_LONG = [0n, 2n ** 64n - 1n] as const;

const TYPES: [type: string, min: bigint, max: bigint, what: string][] = [
  ...['Int32', 'Sint32', 'Sfixed32'].map((type): [string, bigint, bigint, string] => [type, ...SIGNED, '32 bits']),
  ...['Uint32', 'Fixed32'].map((type): [string, bigint, bigint, string] => [
    type,
    ...UNSIGNED,
    '32 bits that is not negative',
  ]),
  ...['Int64', 'Sint64', 'Sfixed64'].map((type): [string, bigint, bigint, string] => [type, ...LONG, '64 bits']),
  ...['Uint64', 'Fixed64'].map((type): [string, bigint, bigint, string] => [
    type,
    ...UNSIGNED_LONG,
    '64 bits that is not negative',
  ]),
];

describe.each(TYPES)('a field of %s', (type, min, max, what) => {
  const field = `a${type}`;
  const is64 = type.endsWith('64');
  /** As it arrives: numbers of 64 bits are text. */
  const read = (value: unknown): string => String(sentAndRead(contract, { [field]: value })[field]);

  test('takes all there are', () => {
    const exact = [min, 0n, 1n, max].flatMap((value) => [String(value), ...(is64 ? [value] : [Number(value)])]);
    for (const value of exact) {
      expect(messageFaults(message, { [field]: value })).toEqual([]);
      expect(read(value)).toBe(String(value));
    }
  });

  test.each<[string, unknown]>([
    ['one too many', max + 1n],
    ['one too few', min - 1n],
  ])('refuses %s, which would become another', (_, value) => {
    const digits = String(value);
    expect(messageFaults(message, { [field]: digits })).toEqual([
      `${field} must be a whole number of ${what}, not "${digits}"`,
    ]);
    expect(read(digits)).not.toBe(digits);
  });

  test.each<[string, unknown]>([
    ['a fraction', 1.5],
    ['a text', 'abc'],
    ['digits and more', '12ab'],
    ['a number far too large', 1e30],
    ['no number', NaN],
    ['infinity', Infinity],
  ])('refuses %s, which would become another', (_, value) => {
    expect(messageFaults(message, { [field]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${field} must be a whole number of ${what}, not `)),
    ]);
    expect(read(value)).not.toBe(String(value));
  });

  test.each<[string, unknown]>([
    ['an empty text', ''],
    ['hexadecimal digits', '0x10'],
    ['an exponent', '1e3'],
    ['a bool', true],
    ['a list', [1]],
    ['an object', {}],
  ])('refuses %s', (_, value) => {
    expect(messageFaults(message, { [field]: value })).toHaveLength(1);
  });
});
