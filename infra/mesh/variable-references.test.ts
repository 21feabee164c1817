import fc from 'fast-check';
import { anyText } from './testing/texts';
import { escapeReferences, expandReferences } from './variable-references';

const VARIABLES = new Map([
  ['A', 'one'],
  ['B', '$(A)'],
  ['EMPTY', ''],
  ['É', 'é'],
]);
const expand = (text: string): string => expandReferences(text, (name) => VARIABLES.get(name));

describe('a text with references', () => {
  test.each([
    ['$(A)', 'one'],
    ['$(A)-$(A)', 'one-one'],
    ['a$(EMPTY)b', 'ab'],
    ['$(B)', '$(A)'],
    ['$(É)', 'é'],
    ['$(UNKNOWN)', '$(UNKNOWN)'],
    ['$()', '$()'],
    ['$$', '$'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$one'],
    ['$$$$(A)', '$$(A)'],
    ['$(A$(A))', '$(A$(A))'],
    ['$(A', '$(A'],
    ['$(A$$(A', '$(A$(A'],
    ['$($(', '$($('],
    ['$(a$$b)', '$(a$$b)'],
    ['$(a\nb)', '$(a\nb)'],
    ['$A', '$A'],
    ['${A}', '${A}'],
    ['$5 $', '$5 $'],
    ['\\$(A)', '\\one'],
    ['é$$é', 'é$é'],
    ['$é', '$Ã\ufffd'],
  ])('%s is %s in a process', (text, value) => {
    expect(expand(text)).toBe(value);
  });
});

describe('a text without references', () => {
  test.each(['', 'plain', 'cost $5', '${A}', '$A$', '$2y$10$abc', 'é', '(A)'])('stays as it is: %j', (text) => {
    expect(escapeReferences(text)).toBe(text);
  });

  test('is unchanged after escaping and expanding', () => {
    const parts = fc.array(fc.oneof(fc.constantFrom('$', '(', ')', 'A', '$(A)', '$$', 'é', '😀'), anyText()));
    fc.assert(
      fc.property(parts, (texts) => {
        const text = texts.join('');
        expect(expand(escapeReferences(text))).toBe(text);
      }),
    );
  });
});
