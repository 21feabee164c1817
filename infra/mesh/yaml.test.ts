import fc from 'fast-check';
import { AMBIGUOUS, anyText } from './testing/texts';
import { YAML_READERS } from './testing/yaml-readers';
import { parseManifests, writeYaml } from './yaml';

const FINITE = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const SCALAR = fc.oneof(anyText(), FINITE, fc.integer(), fc.boolean(), fc.constant(null));

describe.each(YAML_READERS)('%s reads what was written', (_, read) => {
  test.each(AMBIGUOUS)('as a value and as a key: %j', (text) => {
    const written = { [text]: text, list: [text, { a: text }] };
    expect(read(writeYaml(written))).toEqual(written);
  });

  test('of any texts, numbers and booleans', () => {
    const lists = fc.array(fc.tuple(anyText(), SCALAR), { maxLength: 100 });
    fc.assert(
      fc.property(lists, (pairs) => {
        const written = { list: pairs.map(([, value]) => value), map: Object.fromEntries(pairs) };
        expect(read(writeYaml(written))).toEqual(written);
      }),
    );
  });
});

test('an unambiguous text has no quotes, and keys come in the given order', () => {
  const backwards = (a: string, b: string): number => (a < b ? 1 : -1);
  expect(writeYaml({ a: '250m', b: '0.0.0.0', c: 'weft.example.com/x', d: '4cc3f2' }, backwards)).toBe(
    'd: 4cc3f2\nc: weft.example.com/x\nb: 0.0.0.0\na: 250m\n',
  );
});

const kubectl = YAML_READERS.find(([name]) => name === 'kubectl')?.[1];

describe('manifests are read as kubectl reads them', () => {
  test.each<[string, unknown]>([
    ['a: yes', { a: true }],
    ['a: n', { a: false }],
    ['a: 0440', { a: 288 }],
    ['a: 0o17', { a: 15 }],
    ['a: 1_000', { a: 1000 }],
    ['a: 12:30:45', { a: '12:30:45' }],
    ['a: 2026-01-01', { a: '2026-01-01' }],
    ['a: 2001-12-14t21:59:43.10-05:00', { a: '2001-12-14t21:59:43.10-05:00' }],
    ['a: e1', { a: 'e1' }],
    ['a: 3e20321', { a: '3e20321' }],
    ['a: 1e400', { a: '1e400' }],
    ['a: .', { a: '.' }],
    ['a: -1.5e3', { a: -1500 }],
    ['a: ~', { a: null }],
    ['a: =', { a: '=' }],
    ['a: &x { b: 1 }\nc: { <<: *x, d: 2 }', { a: { b: 1 }, c: { b: 1, d: 2 } }],
  ])('%j', (text, value) => {
    expect(parseManifests(text).map((document) => document.toJS() as unknown)).toEqual([value]);
    if (kubectl) expect(kubectl(text)).toEqual(value);
  });

  test('and several documents in a file', () => {
    expect(parseManifests('a: 1\n---\nb: 2\n')).toHaveLength(2);
    expect(parseManifests('')).toEqual([]);
  });
});
