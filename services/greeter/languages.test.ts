import { chooseLocale, greet, type Locale } from './languages';

test.each([
  ['no wish', '', 'en'],
  ['any language', '*', 'en'],
  ['only languages that it does not speak', 'ja, ko;q=0.9', 'en'],
  ['a region of a language', 'zh-CN', 'zh'],
  ['a script and a region', 'zh-Hant-TW', 'zh'],
  ['capitals', 'DE-at', 'de'],
  ['a first wish that it does not speak', 'ja, es;q=0.1', 'es'],
  ['two wishes alike, the first of them', 'fr, de', 'fr'],
  ['weights against the order', 'de;q=0.5, fr;q=0.9', 'fr'],
  ['a weight below one that is left out', 'de;q=0.9, fr', 'fr'],
  ['weights that differ little', 'de;q=0.125, fr;q=0.126', 'fr'],
  ['spaces and capitals around a weight', 'fr ; Q=0.2 , es ; q=0.3', 'es'],
  ['a language that is not wanted', 'fr;q=0', 'en'],
  ['one that is not wanted before one that is', 'fr;q=0, de;q=0.1', 'de'],
  ['a weight that is not a number', 'fr;q=high, de;q=0.1', 'de'],
  ['empty items', ', ,fr', 'fr'],
  ['a name that every object has', 'constructor', 'en'],
  ['the name of the prototype', '__proto__, de;q=0.1', 'de'],
])('chooses by %s', (_, accepted, locale) => {
  expect(chooseLocale(accepted)).toBe(locale);
});

test.each([
  ['a first wish, whatever else', 'fr', 'de-AT', 'de'],
  ['the other wish, where the first is not to be had', 'fr', 'ja', 'fr'],
  ['none', 'ko', 'ja', 'en'],
])('a wish of its own comes first: %s', (_, accepted, first, locale) => {
  expect(chooseLocale(accepted, first)).toBe(locale);
});

test.each<[Locale, string]>([
  ['en', 'Hello, Ada!'],
  ['zh', '你好，Ada！'],
  ['de', 'Hallo, Ada!'],
  ['es', '¡Hola, Ada!'],
  ['fr', 'Bonjour, Ada !'],
])('greets in %s', (locale, greeting) => {
  expect(greet(locale, 'Ada')).toBe(greeting);
});
