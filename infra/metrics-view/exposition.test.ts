import { parseExposition } from './exposition';

const parse = (text: string): unknown[] =>
  parseExposition(text, () => true).map(({ name, labels, value }) => [name, labels, value]);

test.each<[string, string, unknown]>([
  ['without labels', 'up 1', ['up', {}, 1]],
  ['with empty labels', 'up{} 1', ['up', {}, 1]],
  ['with labels', 'a{b="c",d="e"} 1.5', ['a', { b: 'c', d: 'e' }, 1.5]],
  ['with a comma at the end and spaces', 'a{ b = "c" , } 2', ['a', { b: 'c' }, 2]],
  ['with escapes', String.raw`a{b="say \"hi\"\n\\{}"} 1`, ['a', { b: 'say "hi"\n\\{}' }, 1]],
  ['with braces and commas in a label', 'a{b="/v1/{id},x"} 1', ['a', { b: '/v1/{id},x' }, 1]],
  ['with a time', 'a 1 1395066363000', ['a', {}, 1]],
  ['with an exemplar', 'a_bucket{le="1"} 2 # {trace_id="ab"} 0.5 1.2', ['a_bucket', { le: '1' }, 2]],
  ['that is infinite', 'a +Inf', ['a', {}, Infinity]],
  ['that is not a number', 'a NaN', ['a', {}, NaN]],
  ['in exponents', 'a 1.5e-05', ['a', {}, 1.5e-5]],
  ['with colons in its name', 'job:rate:sum 1', ['job:rate:sum', {}, 1]],
  ['with a label that every object has', 'a{__proto__="x"} 1', ['a', Object.fromEntries([['__proto__', 'x']]), 1]],
])('a sample %s', (_, text, expected) => {
  expect(parse(text)).toEqual([expected]);
});

test('comments, empty lines and unwanted samples are skipped', () => {
  const text = '# HELP a what\n# TYPE a counter\n\na 1\r\nb 2\n# EOF\n';
  expect(parseExposition(text, (name) => name === 'a')).toEqual([{ name: 'a', labels: {}, value: 1 }]);
});

test.each([
  '<html>',
  'a',
  'a b',
  'a{b=c} 1',
  'a{b="c" 1',
  'a{b="c"}',
  'a{b="c"d="e"} 1',
  '1a 2',
  'a 0x10g',
  '{"json":1}',
])('%j is refused, with its line number', (line) => {
  expect(() => parse(`ok 1\n${line}`)).toThrow(`line 2 is not in Prometheus's text format: ${line}`);
});
