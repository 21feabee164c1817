import {
  BSONRegExp,
  Binary,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import { type Case, findAll } from './case';

/** A value that comes back as it went in, types and all. */
function keeps(name: string, value: unknown): Case {
  const act = async (stage: Parameters<Case['act']>[0]): Promise<unknown> => {
    await stage.collection.insertOne({ _id: 1, value });
    const [found] = await findAll(stage, {}, { promoteValues: false, bsonRegExp: true });
    return found?.['value'] as unknown;
  };
  return { name, act, gives: value };
}

const types: Case[] = [
  keeps('an int', new Int32(5)),
  keeps('a double', new Double(1.5)),
  keeps('a double that is whole', new Double(5)),
  keeps('a double that is -0', new Double(-0)),
  keeps('NaN', new Double(NaN)),
  keeps('infinity', new Double(-Infinity)),
  keeps('a long', Long.fromNumber(5)),
  keeps('a long beyond 2^53', Long.fromString('9223372036854775807')),
  keeps('a decimal', Decimal128.fromString('1234567890.123456789012345678901234')),
  keeps('a decimal with its zeros', Decimal128.fromString('1.500')),
  keeps('a text', 'grüße \u0000 \u{1F600}'),
  keeps('an empty text', ''),
  keeps('a boolean', false),
  keeps('null', null),
  keeps('a date', new Date(1_700_000_000_123)),
  keeps('a date before 1970', new Date(-1)),
  keeps('an ObjectId', new ObjectId('65a000000000000000000001')),
  keeps('a binary', new Binary(Buffer.from([0, 255]), 0)),
  keeps('a binary of a type of one’s own', new Binary(Buffer.from('x'), 128)),
  keeps('a UUID', new UUID('e5eae1c5-813d-4837-8324-73df89c63aaf')),
  keeps('a timestamp', new Timestamp({ t: 5, i: 1 })),
  keeps('a pattern', new BSONRegExp('^a', 'i')),
  keeps('code', new Code('x')),
  keeps('the least key', new MinKey()),
  keeps('the greatest key', new MaxKey()),
  keeps('an array of arrays', [[new Int32(1)], []]),
  keeps('an empty document', {}),
  keeps('fields that every object has', { constructor: new Int32(1), toString: 'x' }),
  {
    name: 'a zero timestamp becomes the time',
    act: async (stage) => {
      await stage.collection.insertOne({ _id: 1, at: new Timestamp({ t: 0, i: 0 }) });
      const [found] = await findAll(stage);
      return (found?.['at'] as Timestamp).t > 0;
    },
    gives: true,
  },
  {
    name: 'the order of fields is kept',
    act: async (stage) => {
      await stage.collection.insertOne({ _id: 1, z: 1, a: 1, m: 1 });
      return Object.keys((await findAll(stage))[0] ?? {});
    },
    gives: ['_id', 'z', 'a', 'm'],
  },
];

export const keeping: Record<string, Case[]> = { types };
