import { exactNumber as exact, parseJson, wholeNumber } from './json-numbers';

test.each([
  ['{"a":9007199254740993}', { a: exact('9007199254740993') }],
  ['[-9007199254740995, 5, "9007199254740993"]', [exact('-9007199254740995'), 5, '9007199254740993']],
  ['18446744073709551615', exact('18446744073709551615')],
  ['999999999999999e3', exact('999999999999999e3')],
  ['0.9007199254740993e16', exact('0.9007199254740993e16')],
  ['0.99999999999999999', exact('0.99999999999999999')],
  ['1e999', exact('1e999')],
  ['[1e3, 7, -0, 1.5]', [exact('1e3'), 7, -0, exact('1.5')]],
  ['[1.0, 1.5, 123456789012345]', [1, 1.5, 123456789012345]],
  [
    '{"1e5":"2e5","b\\"1e5":"\\\\","c":9007199254740993}',
    { '1e5': '2e5', 'b"1e5': '\\', c: exact('9007199254740993') },
  ],
  ['{"a":1,"a":2}', { a: 2 }],
  ['{"a":1,"a":9007199254740993}', { a: exact('9007199254740993') }],
])('%s keeps its numbers', (text, value) => {
  expect(parseJson(text)).toEqual(value);
  expect(parseJson(Buffer.from(text))).toEqual(value);
});

test.each(['1e999', '1'])('names of every object are names like any other, beside %s', (number) => {
  const parsed = parseJson(`{"__proto__":{"a":${number}},"constructor":${number},"toString":1}`);
  expect(Object.keys(parsed as object)).toEqual(['__proto__', 'constructor', 'toString']);
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect({}).not.toHaveProperty('a');
});

test.each(['01', '1.', '.5', '+1', '1e', '-', '0x10', '1e5 1', '[9007199254740993,]', '{"a":01e5}', 'NaN', "'1e5'"])(
  '%s is not JSON',
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  },
);

test('bytes that are not UTF-8 are refused', () => {
  expect(() => parseJson(Buffer.of(0x22, 0xc3, 0x28, 0x22))).toThrow('not valid for encoding utf-8');
});

test('reads a text of a MiB and deep nesting', () => {
  const text = '\\"a\\n'.repeat(1 << 18);
  expect(parseJson(`{"a":"${text}","b":1e5}`)).toEqual({ a: '"a\n'.repeat(1 << 18), b: exact('1e5') });
  expect(() => parseJson(`${'['.repeat(100_000)}1e5${']'.repeat(100_000)}`)).toThrow(RangeError);
});

test.each([
  ['5', '5'],
  ['-5', '-5'],
  ['-0', '0'],
  ['0e99', '0'],
  ['007', '7'],
  ['1e3', '1000'],
  ['1E+3', '1000'],
  ['1000.0', '1000'],
  ['100e-2', '1'],
  ['0.5e1', '5'],
  ['12.50e2', '1250'],
  ['0.9007199254740993e16', '9007199254740993'],
  ['1.5', undefined],
  ['0.05e1', undefined],
  ['1e-1', undefined],
  ['1e999999999999', undefined],
  ['1e-999999999999', undefined],
  ['0x10', undefined],
  [' 5', undefined],
  ['5 ', undefined],
  ['+5', undefined],
  ['', undefined],
  ['1_000', undefined],
  ['١', undefined],
])('%j is the whole number %j', (text, whole) => {
  expect(wholeNumber(text)).toBe(whole);
});
