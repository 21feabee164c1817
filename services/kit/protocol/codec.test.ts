import { create, type DescMethod, toBinary } from '@bufbuild/protobuf';
import { createClientCodec, createServerCodec } from './codec';
import { protoContract } from '../testing/proto-contract';
import { StatusError } from '../errors/status-error';

const RULES = `
message Message {
  string name = 1 [(buf.validate.field).string.min_len = 1];
  int32 age = 2 [(buf.validate.field).int32.gte = 0];
  Message child = 3;
}`;

let ruled: DescMethod;
let free: DescMethod;

beforeAll(async () => {
  ruled = (await protoContract(RULES)).method.try;
  free = (await protoContract(RULES.replaceAll(/ \[.*\]/g, ''))).method.try;
});

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const ada = bytes('0a03416461');

/** What a function throws. */
function thrownBy(work: () => unknown): unknown {
  try {
    return `nothing, but gave ${JSON.stringify(work())}`;
  } catch (error) {
    return error;
  }
}

describe('a server reads', () => {
  test.each([true, false])('a request that keeps the rules, strict or not: %s', async (strict) => {
    const codec = createServerCodec(ruled, strict);
    expect(codec.decode(ada)).toEqual({ name: 'Ada', age: 0 });
  });

  test.each<[string, string]>([
    ['a tag without a value', '0a'],
    ['a group without an end', '0b'],
    ['an unknown wire type', '0f'],
    ['the field 0', '00'],
    ['a number too long', 'ffffffffffffffffffff01'],
    ['a field that breaks off behind one that is whole', '0a034164611a'],
    ['a message within that breaks off', '1a010a'],
  ])('%s as INVALID_ARGUMENT', async (_, hex) => {
    for (const method of [ruled, free]) {
      const { decode } = createServerCodec(method, false);
      const error = thrownBy(() => decode(bytes(hex)));
      expect(error).toBeInstanceOf(StatusError);
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'request.malformed', metadata: {} });
      // The cause is only for the log.
      expect((error as StatusError).cause).toBeInstanceOf(Error);
    }
  });

  test.each<[string, string]>([
    ['a text that breaks off', '0a05'],
    ['a text that is not UTF-8', '0a02fffe'],
    ['a text with half a character', '0a03eda0bd'],
    ['a number where a text should be', '0801'],
  ])('%s as INVALID_ARGUMENT, with rules or without', async (_, hex) => {
    for (const method of [ruled, free]) {
      const { decode } = createServerCodec(method, false);
      const refusal = { code: 'INVALID_ARGUMENT', reason: 'request.malformed' };
      expect(thrownBy(() => decode(bytes(hex)))).toMatchObject(refusal);
    }
  });

  test.each([true, false])('what breaks the rules as INVALID_ARGUMENT, strict or not: %s', async (strict) => {
    const { decode } = createServerCodec(ruled, strict);
    const child = { name: '', age: -1 };
    const request = toBinary(ruled.input, create(ruled.input, { ...child, child }));
    const violations = ['name', 'age', 'child.name', 'child.age'].map((field) => ({
      field,
      description: field.endsWith('name') ? 'must be at least 1 character' : 'must be greater than or equal to 0',
    }));
    const error = { code: 'INVALID_ARGUMENT', reason: 'request.invalid', details: { violations } };
    expect(thrownBy(() => decode(request))).toMatchObject(error);
  });

  test('a field that it does not know, of a caller that is newer', async () => {
    const { decode } = createServerCodec(ruled, true);
    expect(decode(Buffer.concat([ada, bytes('fa3f0161')]))).toMatchObject({ name: 'Ada' });
  });
});

const BAD: [string, object, string][] = [
  ['what would be lost', { name: 'Ada', nmae: 'x' }, 'nmae is not a field of test.Message and would be dropped'],
  ['all that would be lost', { age: '', name: 5 }, 'age must be a whole number, not ""; name must be a text, not 5'],
];

describe('a server writes', () => {
  const refused = 'the reply of /test.Test/Try breaks its contract: ';

  test.each<[string, object, string]>([
    ...BAD,
    ['what breaks a rule', { name: '', age: 1 }, 'name must be at least 1 character'],
    [
      'all that breaks a rule',
      { name: 'Ada', child: { age: -1 } },
      'child.name must be at least 1 character; child.age must be greater than or equal to 0',
    ],
  ])('nothing of %s where it is strict, and something otherwise', async (_, reply, faults) => {
    const [strict, lax] = [createServerCodec(ruled, true), createServerCodec(ruled, false)];
    const error = thrownBy(() => strict.encode(reply));
    expect(error).not.toBeInstanceOf(StatusError);
    expect(error).toMatchObject({ message: refused + faults });
    expect(lax.encode(reply)).toBeInstanceOf(Buffer);
  });

  test.each([true, false])('the same bytes, strict or not: %s', async (strict) => {
    const { encode } = createServerCodec(ruled, strict);
    expect(encode({ name: 'Ada' })).toEqual(ada);
  });

  test.each([undefined, null, 5])('no reply that is %s where it is strict', async (reply) => {
    const { encode } = createServerCodec(free, true);
    expect(() => encode(reply as never)).toThrow(`${refused}test.Message must be an object, not ${String(reply)}`);
  });
});

describe('a client', () => {
  test.each(BAD)('writes nothing of %s where it is strict, and something otherwise', (_, request, faults) => {
    const message = `the request of /test.Test/Try breaks its contract: ${faults}`;
    expect(() => createClientCodec(ruled, true).encode(request)).toThrow(message);
    expect(createClientCodec(ruled, false).encode(request)).toBeInstanceOf(Buffer);
  });

  test.each([true, false])('leaves the rules to the server, strict or not: %s', (strict) => {
    const { encode, decode } = createClientCodec(ruled, strict);
    expect(encode({ name: 'Ada' })).toEqual(ada);
    expect(decode(encode({ age: -1 }))).toEqual({ name: '', age: -1 });
  });
});

test('a rule that makes no sense is an error when it is first needed', async () => {
  const { method } = await protoContract(
    'message Message { string name = 1 [(buf.validate.field).string.pattern = "("]; }',
  );
  const codec = createServerCodec(method.try, false);
  for (const work of [codec.prepare, () => codec.decode(ada)]) {
    const error = thrownBy(work);
    expect(error).not.toBeInstanceOf(StatusError);
    expect(error).toMatchObject({ message: expect.stringContaining('the rules of test.Message: ') });
  }
});
