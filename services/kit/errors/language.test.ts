import { chooseLanguage } from './language';

// What weights and orders come to is tested with the greeter's languages; here, what tags are taken for others.

test.each<[string, readonly [string, ...string[]], string]>([
  ['', ['en', 'zh'], 'en'],
  ['', ['zh', 'en'], 'zh'],
  ['fr', ['zh', 'en'], 'zh'],
  ['*', ['zh', 'en'], 'zh'],
  ['*, zh;q=0', ['zh', 'en'], 'en'],
  ['zh-CN', ['en', 'zh'], 'zh'],
  ['ZH-cn', ['en', 'zh'], 'zh'],
  ['zh-CN', ['en', 'zh', 'zh-CN'], 'zh-CN'],
  ['zh', ['en', 'zh-CN'], 'zh-CN'],
  ['zh;q=0.1, en', ['zh', 'en'], 'en'],
  ['x'.repeat(100_000), ['en', 'zh'], 'en'],
  [';;;,,q=1', ['en', 'zh'], 'en'],
])('of "%s", %j comes to %s', (accepted, available, chosen) => {
  expect(chooseLanguage(accepted, available)).toBe(chosen);
});
