import { compile, FIRST_LINE } from './http/testing/compile';
import { ruleFaults } from './rule-faults';

/** What is wrong with messages, without the file; lines count from the first of the text. */
async function faultsIn(text: string): Promise<string[]> {
  const faults = ruleFaults(await compile(text), ['test/test.proto']);
  return faults.map((fault) => {
    const [, line, rest] = /^proto\/test\/test\.proto:(\d+): the rules of test\.(.*)$/s.exec(fault) ?? [];
    return `${Number(line) - FIRST_LINE + 1} ${rest}`;
  });
}

const rule = (text: string): string => `[(buf.validate.field).${text}]`;
const BAD = 'string.pattern = "("';
const UNCLOSED = 'error parsing regexp: missing closing ): `(`';
const CEL = (expression: string): string => `cel = { id: "id", expression: "${expression}" }`;

test('rules that make sense have no faults', async () => {
  const text = `
    message Message {
      string name = 1 ${rule('string = {pattern: "^[a-z]+$", max_len: 5}')};
      int32 age = 2 ${rule('int32.gte = 18')};
      Inner inner = 3 ${rule('required = true')};
      repeated Inner inners = 4 ${rule('repeated.max_items = 2')};
      map<string, Inner> by_name = 5 ${rule('map.keys.string.min_len = 1')};
      oneof choice { option (buf.validate.oneof).required = true; string text = 6; Inner other = 7; }
      Message child = 8 ${rule(CEL('this.age > 1'))};
      google.protobuf.Timestamp at = 9 ${rule('timestamp.lt_now = true')};
      google.protobuf.Any any = 10 ${rule('any.in = "a.b/c"')};
      google.protobuf.Int32Value wrapped = 11 ${rule('int32.gt = 1')};
      // Only a text of this kind is a number, and there are others: that is for callers to learn.
      string digits = 12 [(buf.validate.field) = { ${CEL('int(this) > 1').replace('cel =', 'cel:')}, ignore: IGNORE_IF_ZERO_VALUE }];
    }
    message Inner {
      option (buf.validate.message).cel = { id: "p", message: "low is above high", expression: "this.low <= this.high" };
      int32 low = 1;
      int32 high = 2;
    }`;
  expect(await faultsIn(text)).toEqual([]);
});

test('each is told by its field or its message, and once', async () => {
  const text = `message Outer {
  Inner inner = 1 ${rule('required = true')};
  repeated string names = 2 ${rule(`repeated.items.${BAD}`)};
}
message Inner {
  string name = 1
    ${rule(BAD)};
  string other = 2 ${rule(BAD)};
  message Nested { optional string name = 1 ${rule(BAD)}; }
}
message Whole {
  option (buf.validate.message).cel = { id: "x", expression: "this.nothing > 1" };
  option (buf.validate.message).oneof = { fields: ["name"] };
  string name = 1;
}
message Unknown { option (buf.validate.message).oneof = { fields: ["z"] }; string a = 1; }`;
  expect((await faultsIn(text)).sort()).toEqual([
    `12 Whole: field not found: nothing`,
    '16 Unknown: field "z" not found in message test.Unknown',
    `3 Outer.names: ${UNCLOSED}`,
    `7 Inner.name: ${UNCLOSED}`,
    `8 Inner.other: ${UNCLOSED}`,
    `9 Inner.Nested.name: ${UNCLOSED}`,
  ]);
});

test.each([
  ['a key', `map<string, string> a = 1 ${rule(`map.keys.${BAD}`)};`, UNCLOSED],
  ['a value of a map', `map<int64, string> a = 1 ${rule(`map.values.${BAD}`)};`, UNCLOSED],
  ['a field of a oneof', `oneof choice { bool b = 1; string a = 2 ${rule(BAD)}; }`, UNCLOSED],
  ['another type', `string a = 1 ${rule('int32.gt = 1')};`, 'expected rule "string", got "int32" on field test.M.a'],
  ['CEL of another type', `bytes a = 1 ${rule(CEL('this > 1'))};`, "no matching overload for '_>_'"],
  ['CEL that breaks off', `bool a = 1 ${rule(CEL('this >'))};`, 'failed to compile id'],
  ['a function that CEL lacks', `double a = 1 ${rule(CEL('foo(this)'))};`, 'foo'],
  [
    'what zero values do not reach',
    `uint64 a = 1 [(buf.validate.field) = { cel: { id: "id", expression: "this >" }, ignore: IGNORE_IF_ZERO_VALUE }];`,
    'failed to compile id',
  ],
])('a rule that makes no sense about %s', async (_, field, fault) => {
  const [found, ...others] = await faultsIn(`enum E { NO = 0; } message M {\n${field}\n}`);
  expect(found).toMatch(/^2 M\.a: /);
  expect(found).toContain(fault);
  expect(others).toEqual([]);
});

test('messages that contain each other', async () => {
  const text = `message A { B b = 1; repeated A more = 2 ${rule('repeated.max_items = 3')}; }\nmessage B { A a = 1; string name = 2 ${rule(BAD)}; }`;
  expect(await faultsIn(text)).toEqual([`2 B.name: ${UNCLOSED}`]);
});
