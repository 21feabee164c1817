import { create, type DescMessage, type Message } from '@bufbuild/protobuf';
import { Greeter } from '../../../proto/gen/weft/greeter/v1/greeter_pb';
import { RagSearchService } from '../../../proto/gen/weft/rag/v1/rag_search_pb';
import { UserInfoService } from '../../../proto/gen/weft/user/v1/user_info_pb';
import { UserService } from '../../../proto/gen/weft/user/v1/user_pb';
import { type Contract, methodOf } from '../declaration/contract';
import { messageOf, protoContract } from '../testing/proto-contract';
import { createValidate, type Validate } from './validation';

const FIXTURE = `
message Message {
  string name = 1 [(buf.validate.field).string = {pattern: "[^\\\\s\\\\p{Z}]", max_len: 5}];
  int32 age = 2 [(buf.validate.field).int32.gte = 18];
  Inner inner = 3 [(buf.validate.field).required = true];
  repeated Inner inners = 4 [(buf.validate.field).repeated.max_items = 2];
  map<string, Inner> by_name = 5;
  repeated string tags = 6 [(buf.validate.field).repeated.items.string.min_len = 1];
  oneof choice {
    option (buf.validate.oneof).required = true;
    string text = 7;
    Inner other = 8;
  }
  optional string nick_name = 9 [(buf.validate.field).string.min_len = 2];
  Pair pair = 10;
}
message Inner { int32 count = 1 [(buf.validate.field).int32.lt = 100]; Message message = 2; }
message Pair {
  option (buf.validate.message).cel = { id: "p", message: "low must be below high", expression: "this.low <= this.high" };
  int32 low = 1;
  int32 high = 2;
}
message Either { oneof choice { option (buf.validate.oneof).required = true; string text = 1; } }
message Free { string name = 1; Loop loop = 2; }
message Loop { Loop loop = 1; repeated Loop loops = 2; }
message Deep { Free free = 1; repeated Holder holders = 2; }
message Holder { map<string, Inner> inners = 1; }
message BadPattern { string name = 1 [(buf.validate.field).string.pattern = "("]; }
message BadCel { option (buf.validate.message).cel = { id: "x", message: "x", expression: "this.nothing > 1" }; }
`;

let fixture: Contract;
let validate: Validate;

beforeAll(async () => {
  fixture = await protoContract(FIXTURE);
  validate = validatorOf('Message');
});

function validatorOf(name: string): Validate {
  const made = createValidate(messageOf(fixture, name));
  if (!made) throw new Error(`${name} has no rules`);
  return made;
}

function messageWith(fields: Record<string, unknown>): Message {
  return create(messageOf(fixture, 'Message'), fields);
}

const good = { name: 'Ada', age: 20, inner: { count: 1 }, choice: { case: 'text', value: 'x' } };

test('a message that keeps the rules has no violations', () => {
  expect(validate(messageWith(good))).toEqual([]);
});

test.each<[string, object, [string, string][]]>([
  ['a blank', { name: ' ' }, [['name', 'must not be empty']]],
  ['a text too long', { name: 'Adaaaa' }, [['name', 'must be at most 5 characters']]],
  ['characters, not units', { name: '😀😀😀😀😀' }, []],
  ['a number too small', { age: 17 }, [['age', 'must be greater than or equal to 18']]],
  ['what is required', { inner: undefined }, [['inner', 'must not be empty']]],
  ['a field of a message', { inner: { count: 100 } }, [['inner.count', 'must be less than 100']]],
  ['a field of one of many', { inners: [{}, { count: 101 }] }, [['inners[1].count', 'must be less than 100']]],
  ['too many', { inners: [{}, {}, {}] }, [['inners', 'must contain no more than 2 items']]],
  ['one of many texts', { tags: ['a', '', 'b'] }, [['tags[1]', 'must be at least 1 character']]],
  ['a value of a map', { byName: { 'a.b': { count: 100 } } }, [['by_name["a.b"].count', 'must be less than 100']]],
  ['none of a oneof', { choice: { case: undefined } }, [['choice', 'exactly one field is required in oneof']]],
  [
    'a field of a oneof',
    { choice: { case: 'other', value: { count: 100 } } },
    [['other.count', 'must be less than 100']],
  ],
  ['an optional text that is there', { nickName: '' }, [['nick_name', 'must be at least 2 characters']]],
  ['fields against each other', { pair: { low: 2, high: 1 } }, [['pair', 'low must be below high']]],
])('refuses by %s', (_, changes, violations) => {
  const found = validate(messageWith({ ...good, ...changes }));
  expect(found).toEqual(violations.map(([field, description]) => ({ field, description })));
});

test('tells all violations at once', () => {
  const bad = { name: '', age: 1, inners: [{ count: 100 }, { count: 200 }], tags: [''], nickName: 'a' };
  const fields = validate(messageWith(bad)).map(({ field }) => field);
  expect(fields.sort()).toEqual([
    'age',
    'choice',
    'inner',
    'inners[0].count',
    'inners[1].count',
    'name',
    'nick_name',
    'tags[0]',
  ]);
});

test.each([
  ['without a rule, also where it holds itself', 'Free', false],
  ['with rules of its own', 'Message', true],
  ['with a rule of its own alone', 'Pair', true],
  ['with a rule of a oneof alone', 'Either', true],
  ['that holds one with rules', 'Inner', true],
  ['that holds one with rules far below', 'Deep', true],
])('a message %s', (_, name, some) => {
  expect(createValidate(messageOf(fixture, name)) !== undefined).toBe(some);
});

test.each(['BadPattern', 'BadCel'])('a rule that makes no sense is an error at its first message: %s', (name) => {
  const descriptor = messageOf(fixture, name);
  expect(() => createValidate(descriptor)?.(create(descriptor))).toThrow(`the rules of test.${name}: `);
});

describe('our contracts', () => {
  function fieldsRefused(contract: Contract, name: string, request: object): string[] {
    const { input } = methodOf(contract, name) as { input: DescMessage };
    const rules = createValidate(input);
    return (rules?.(create(input, request as Record<string, unknown>)) ?? []).map(
      ({ field, description }) => `${field} ${description}`,
    );
  }

  test.each<[Contract, string, object, string[]]>([
    [Greeter, 'sayHello', {}, ['name must not be empty']],
    [UserService, 'createUser', {}, ['username must not be empty', 'email must not be empty']],
    [UserService, 'listUsers', {}, []],
    [UserInfoService, 'updateUserInfo', { userId: 'u-1' }, []],
    [
      UserInfoService,
      'updateUserInfo',
      { userId: 'u-1', status: 7 },
      ['status value must be one of the defined enum values'],
    ],
    [RagSearchService, 'ingest', { ragCode: 'docs' }, ['document must not be empty']],
    [RagSearchService, 'ingest', { ragCode: 'docs', document: {} }, ['document.material_code must not be empty']],
  ])('%#: refuse what they should', (contract, name, request, refused) => {
    expect(fieldsRefused(contract, name, request)).toEqual(refused);
  });
});

test('a blank of any script is blank', () => {
  const { input } = Greeter.method.sayHello;
  const validate = createValidate(input);
  expect(validate?.(create(input, { name: '\u3000' }))).toHaveLength(1);
  expect(validate?.(create(input, { name: '\u00a0' }))).toHaveLength(1);
});
