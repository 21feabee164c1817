import { chunkText, estimateTokens, type Piece, wordsOf } from './chunker';

const headingsOf = (pieces: Piece[]): string[] => pieces.map(({ heading }) => heading);
const contentsOf = (pieces: Piece[]): string[] => pieces.map(({ content }) => content);

describe('of any text', () => {
  const fragments = [
    '# Heading\n',
    '### Deeper ###\n',
    'Some words. ',
    'word',
    'a'.repeat(70),
    '\n',
    '\r\n',
    '\n\n\n',
    '   ',
    '```sh\n# no heading\n```\n',
    '```\n',
    '~~~\n',
    '服务网格把流量交给代理。',
    '漢字'.repeat(40),
    '👩‍🚀🚀',
    '𠀀𠀁'.repeat(30),
    '#',
    '\u00a0',
    '\u2028',
    '- item\n',
  ];

  /** Texts that look like documents and like nothing at all, the same in every run. */
  function texts(): string[] {
    let state = 7;
    const next = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    return Array.from({ length: 300 }, () =>
      Array.from({ length: next(40) }, () => fragments[next(fragments.length)] ?? '').join(''),
    );
  }

  const visible = (text: string): string => text.replace(/\s/g, '');

  test.each([2, 10, 64, 300, 5_000])('pieces of at most %i characters', (max) => {
    for (const text of texts()) {
      const contents = contentsOf(chunkText(text, max));
      expect(visible(contents.join(''))).toBe(visible(text));
      expect(contents.filter((content) => content.length > max)).toEqual([]);
      expect(contents.filter((content) => content === '' || content !== content.trim())).toEqual([]);
      expect(contents.filter((content) => /\p{Surrogate}/u.test(content))).toEqual([]);
    }
  });

  test('the texts have what the properties are about', () => {
    const pieces = texts().flatMap((text) => chunkText(text, 64));
    expect(pieces.length).toBeGreaterThan(1_000);
    expect(headingsOf(pieces)).toEqual(expect.arrayContaining(['', 'Heading', 'Deeper']));
  });
});

describe('headings', () => {
  test('each begins a piece and names it', () => {
    expect(chunkText('Before.\n\n# One\nFirst.\n\n## Two\n\nSecond.\n', 100)).toEqual([
      { heading: '', content: 'Before.' },
      { heading: 'One', content: '# One\nFirst.' },
      { heading: 'Two', content: '## Two\n\nSecond.' },
    ]);
  });

  test('one with nothing below it goes to the next', () => {
    expect(chunkText('# One\n\n## Two\n### Three\nText.\n\n# Four', 100)).toEqual([
      { heading: 'Three', content: '# One\n\n## Two\n### Three\nText.' },
      { heading: 'Four', content: '# Four' },
    ]);
  });

  test('name every piece of a long section', () => {
    const pieces = chunkText(`# One\n${'word '.repeat(50)}\n# Two\nText.`, 100);
    expect(headingsOf(pieces)).toEqual(['One', 'One', 'One', 'Two']);
  });

  test.each([
    ['one paragraph', `## Two\n\n${'word '.repeat(50)}`],
    ['one line', `## Two\n${'word '.repeat(50)}`],
    ['a paragraph that just fits without it', `## Two\n\n${'word '.repeat(19)}word.`],
    ['headings and a paragraph', `# One\n\n## Two\n\n${'word '.repeat(50)}`],
  ])('do not become pieces of their own before %s', (_, text) => {
    expect(contentsOf(chunkText(text, 100))[0]).toMatch(/## Two\s+word word/);
  });

  test.each([
    ['# One', 'One'],
    ['###### Six', 'Six'],
    ['#\tTab', 'Tab'],
    ['## Closed ##', 'Closed'],
    ['## Closed ##  ', 'Closed'],
    ['# One # two', 'One # two'],
    ['# C#', 'C#'],
    ['# `#` and \\#', '`#` and \\#'],
    ['# 服务网格', '服务网格'],
    ['#Hash', ''],
    ['####### Seven', ''],
    [' text # no', ''],
    ['# #', ''],
    ['#', ''],
  ])('of %j is %j', (line, heading) => {
    expect(chunkText(`${line}\r\nText.`, 100)).toEqual([{ heading, content: `${line.trimStart()}\nText.` }]);
  });
});

describe('code blocks', () => {
  test.each([
    ['of backticks', '```sh\n# comment\n```'],
    ['of tildes', '~~~\n# comment\n~~~'],
    ['that are indented', '- item\n  ```\n# comment\n  ```'],
    ['with the other fence in it', '```md\n~~~\n# comment\n```'],
    ['with a shorter fence in it', '````md\n```\n# comment\n```\n````'],
    ['with a fence that has a language in it', '```md\n```js\n# comment\n```'],
    ['that a longer fence closes', '```\n# comment\n`````'],
    ['with backticks behind tildes', '~~~ `x`\n# comment\n~~~'],
  ])('%s have no headings, and the next heading is one', (_, block) => {
    expect(chunkText(`# One\n${block}\n# Two\nText.`, 200)).toEqual([
      { heading: 'One', content: `# One\n${block}` },
      { heading: 'Two', content: '# Two\nText.' },
    ]);
  });

  test('one that is never closed goes to the end', () => {
    expect(headingsOf(chunkText('# One\n```\n# comment', 100))).toEqual(['One']);
  });

  test.each(['```code``` in a line', '`x` and ```'])('%j opens none', (line) => {
    expect(headingsOf(chunkText(`# One\n${line}\n# Two\nText.`, 100))).toEqual(['One', 'Two']);
  });
});

describe('what is too long', () => {
  test.each([
    ['at paragraphs', 'One one.\n\nTwo two.\n\nThree.', 20, ['One one.\n\nTwo two.', 'Three.']],
    ['at lines', 'One one.\nTwo two.\nThree.', 20, ['One one.\nTwo two.', 'Three.']],
    ['at spaces', 'One two three four five', 13, ['One two three', 'four five']],
    ['anywhere', 'abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['between characters that nothing separates', '服务网格管流量', 3, ['服务网', '格管流', '量']],
    ['but not inside a character', '🚀🚀🚀', 3, ['🚀', '🚀', '🚀']],
    ['and packs the rest of a long part with the next', 'abcdef gh', 5, ['abcde', 'f gh']],
    ['and leaves what just fits', 'abcd efgh', 9, ['abcd efgh']],
  ])('is cut %s', (_, text, max, contents) => {
    expect(contentsOf(chunkText(text, max))).toEqual(contents);
  });
});

test.each(['', ' \n\n\t', '\r\n'])('%j has no pieces', (text) => {
  expect(chunkText(text, 100)).toEqual([]);
});

test.each([
  ['', 0],
  ['word', 1],
  ['words', 2],
  ['服务网格', 4],
  ['カタカナ', 4],
  ['한국어', 3],
  ['𠀀𠀁', 2],
  ['服务 mesh', 4],
])('estimates the tokens of %j', (text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens);
});

test.each([
  ['in lower case', 'Sidecar PROXY', ['sidecar', 'proxy']],
  ['without punctuation', "don't: (stop) -- x_1!", ['don', 't', 'stop', 'x_1']],
  ['with numbers', 'v1.28', ['v1', '28']],
  ['a CJK character each', '服务mesh网格', ['服', '务', 'mesh', '网', '格']],
  ['whole, whatever signs their vowels have', 'हिन्दी Žluťoučký', ['हिन्दी', 'žluťoučký']],
  ['alike, however an accent is written', 'Cafe\u0301 caf\u00e9', ['caf\u00e9', 'caf\u00e9']],
  ['and none of a mark alone', '❤\uFE0F !?', []],
])('takes words %s', (_, text, words) => {
  expect(wordsOf(text)).toEqual(words);
});
