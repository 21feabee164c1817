import { isRepository } from './image';

test.each([
  'greeter',
  'weft/greeter',
  'ghcr.io/example/weft/greeter',
  'localhost/weft/greeter',
  'localhost:5000/greeter',
  'registry:5000/a_b/c__d/e---f/g.h',
  'GHCR.IO/example/greeter',
])('%s is a repository', (text) => {
  expect(isRepository(text)).toBe(true);
});

test.each([
  '',
  'ghcr.io/Example/greeter',
  'Greeter',
  'http://ghcr.io/example/greeter',
  'greeter:1',
  'ghcr.io/example/greeter@sha256:0',
  'a//b',
  '/a',
  'a/',
  '.',
  '-a',
  'a..b',
  'a___b',
  'a:b:c/d',
  'a b',
  'a/'.repeat(128),
])('"%s" is not a repository', (text) => {
  expect(isRepository(text)).toBe(false);
});
