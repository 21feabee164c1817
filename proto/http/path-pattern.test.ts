import fc from 'fast-check';
import { mayOverlap, pathPattern } from './path-pattern';
import { parsePathTemplate, type PathTemplate } from './path-template';
import { matchTemplate, parseRequestPath } from './request-path';

test.each([
  ['/v1/users', { exact: '/v1/users' }],
  ['/v1/users:batchGet', { exact: '/v1/users:batchGet' }],
  ['/v1.1/a-b_c~d', { exact: '/v1.1/a-b_c~d' }],
  ['/', { exact: '/' }],
  ['/v1/users/{user_id}', { regex: '/v1/users/[^/]+' }],
  ['/v1/rag/{rag_code}/search:stream', { regex: '/v1/rag/[^/]+/search:stream' }],
  ['/v1.1/{name=shelves/*/books/*}:read', { regex: '/v1\\.1/shelves/[^/]+/books/[^/]+:read' }],
  ['/v1/files/**', { regex: '/v1/files(?:/[^/]+)*' }],
  ['/v1/a+b', { regex: '/v1/a(?:[+]|%2[Bb])b' }],
  ['/v1/a%2Fb', { regex: '/v1/a%2[Ff]b' }],
  ['/v1/é', { regex: '/v1/%[Cc]3%[Aa]9' }],
])('the pattern of %s', (template, pattern) => {
  expect(pathPattern(parsePathTemplate(template))).toEqual(pattern);
});

const word = fc.constantFrom('a', 'b', 'a.b', 'a:v', 'é', 'a+b', 'a/b', 'v');
const segment = fc.oneof(
  { weight: 3, arbitrary: word.map(encodeURIComponent) },
  { weight: 2, arbitrary: fc.constant('{one}') },
);
const template = fc
  .tuple(
    fc.array(segment, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '/{any=**}', '/**/a'),
    fc.constantFrom('', ':v', ':w:v'),
  )
  .map(([segments, rest, verb]) => parsePathTemplate(`/${segments.join('/')}${rest}${verb}`));
const piece = fc
  .tuple(word, fc.boolean())
  .map(([text, raw]) => (raw && !/[/é]/.test(text) ? text : encodeURIComponent(text)));
const path = fc
  .tuple(fc.array(piece, { minLength: 1, maxLength: 5 }), fc.constantFrom('', '', ':v', ':w:v', '%3Av'))
  .map(([pieces, verb]) => `/${pieces.join('/')}${verb}`);

function isMatch(each: PathTemplate, text: string): boolean {
  const parts = parseRequestPath(text);
  return parts !== undefined && matchTemplate(each, parts) !== undefined;
}

function matchesPattern(each: PathTemplate, text: string): boolean {
  const pattern = pathPattern(each);
  return 'exact' in pattern ? pattern.exact === text : new RegExp(`^(?:${pattern.regex})$`).test(text);
}

test('a pattern matches the paths that its template matches', () => {
  fc.assert(
    fc.property(template, path, (each, text) => {
      expect(matchesPattern(each, text)).toBe(isMatch(each, text));
    }),
    { numRuns: 5_000 },
  );
});

test('templates that match one path overlap', () => {
  fc.assert(
    fc.property(template, template, path, (a, b, text) => {
      if (isMatch(a, text) && isMatch(b, text)) expect(mayOverlap(a, b)).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['/v1/users', '/v1/users:search', false],
  ['/v1/users', '/v1/users/{id}', false],
  ['/v1/users/{id}', '/v1/users/{id}:ban', true],
  ['/v1/{id}:a', '/v1/{id}:b', false],
  ['/v1/{id}:a:b', '/v1/{id}:b', true],
  ['/v1/{id}', '/v1/users:search', true],
  ['/v1/{id}:ban', '/v1/users:search', false],
  ['/v1/{a}/x', '/v1/y/{b}', true],
  ['/v1/{a}/x', '/v1/{b}/y', false],
  ['/v1/files/**', '/v1/files', true],
  ['/v1/files/**', '/v1/users/{id}', false],
])('%s and %s overlap: %s', (a, b, expected) => {
  const templates = [parsePathTemplate(a), parsePathTemplate(b)] as const;
  expect(mayOverlap(...templates)).toBe(expected);
  expect(mayOverlap(templates[1], templates[0])).toBe(expected);
});
