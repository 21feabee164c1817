import { createLocalize } from './messages';
import { type StatusCode, type StatusDetails, StatusError } from './status-error';

const localize = createLocalize({
  'cart.full': { en: 'There is no room for {item} in {cart}.', zh: '{cart}放不下{item}。' },
  'cart.twice': { en: '{item} and {item}', zh: '{item}' },
  'cart.odd': { en: '{a.b-c_1} {} {a b} {{item}} {missing}', zh: '' },
  'request.malformed': { en: 'Our own words.', zh: '自己的话。' },
});

function told(reason: string, metadata: Record<string, string> = {}, accepted = '', details: StatusDetails = {}) {
  return localize(new StatusError('NOT_FOUND', reason, metadata, details), accepted);
}

const full = { item: 'tea', cart: 'c-1' };

test.each([
  ['', 'en', 'There is no room for tea in c-1.'],
  ['en', 'en', 'There is no room for tea in c-1.'],
  ['zh', 'zh', 'c-1放不下tea。'],
  ['zh-Hant-TW', 'zh', 'c-1放不下tea。'],
  ['fr, zh;q=0.2, en;q=0.1', 'zh', 'c-1放不下tea。'],
  ['fr', 'en', 'There is no room for tea in c-1.'],
  ['__proto__', 'en', 'There is no room for tea in c-1.'],
  ['constructor, zh;q=0.1', 'zh', 'c-1放不下tea。'],
])('who accepts "%s" reads %s', (accepted, locale, text) => {
  expect(told('cart.full', full, accepted)).toEqual({ locale, text });
});

test.each<[string, string, Record<string, string>, string]>([
  ['is filled each time', 'cart.twice', { item: 'tea' }, 'tea and tea'],
  ['without a value stays', 'cart.full', { item: 'tea' }, 'There is no room for tea in {cart}.'],
  ['may be filled with nothing', 'cart.full', { item: '', cart: 'c-1' }, 'There is no room for  in c-1.'],
  [
    'is filled with what looks like one',
    'cart.full',
    { item: '{cart}', cart: 'c' },
    'There is no room for {cart} in c.',
  ],
  ['is filled as it is', 'cart.full', { item: '$& $1 $$', cart: 'c' }, 'There is no room for $& $1 $$ in c.'],
  ['has a name', 'cart.odd', { 'a.b-c_1': '1', 'a b': '2', item: '3', '': '4' }, '1 {} {a b} {3} {missing}'],
  ['turns a value into text', 'cart.twice', { item: 5 as never }, '5 and 5'],
])('a placeholder %s', (_, reason, metadata, text) => {
  expect(told(reason, metadata).text).toBe(text);
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('a placeholder named %s stays', (name) => {
  const own = createLocalize({ x: { en: `{${name}}`, zh: '' } });
  expect(own(new StatusError('NOT_FOUND', 'x'), '').text).toBe(`{${name}}`);
});

test.each(['cart.unheard-of', '', '__proto__', 'constructor', 'toString'])(
  'a reason without a text, "%s", is told by its code',
  (reason) => {
    expect(told(reason)).toEqual({ locale: 'en', text: 'Not found.' });
    expect(told(reason, {}, 'zh')).toEqual({ locale: 'zh', text: '未找到所请求的内容。' });
  },
);

const CODES: readonly StatusCode[] = [
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

test('every code has a text of its own in each language', () => {
  const texts = ['en', 'zh'].flatMap((language) =>
    CODES.map((code) => localize(new StatusError(code, 'unheard-of'), language).text),
  );
  expect(texts.filter((text) => text.trim() === '')).toEqual([]);
  expect(new Set(texts).size).toBe(32);
});

describe('what the kit itself says', () => {
  const violations = [
    { field: 'name', description: 'must not be empty' },
    { field: 'user_ids[2]', description: 'must not be empty' },
  ];

  test.each([
    ['en', 'The request is not valid. Please check: name, user_ids[2].'],
    ['zh', '请求无效，请检查：name, user_ids[2]。'],
  ])('names the fields that are wrong, in %s', (locale, text) => {
    expect(told('request.invalid', {}, locale, { violations })).toEqual({ locale, text });
  });

  test('may be said by a service in its own words', () => {
    expect(told('request.malformed').text).toBe('Our own words.');
    expect(createLocalize({})(new StatusError('INVALID_ARGUMENT', 'request.malformed'), '').text).toBe(
      'The request could not be read.',
    );
  });

  test('leaves {fields} to the metadata where that has some', () => {
    expect(told('request.invalid', { fields: 'all' }, '', { violations }).text).toContain('Please check: all.');
  });
});
