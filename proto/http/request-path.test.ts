import { parsePathTemplate } from './path-template';
import { matchTemplate, parseRequestPath, PathError } from './request-path';

/** The fields that the path sets, or undefined where the template does not match. */
function match(template: string, path: string): Record<string, string> | undefined {
  const parts = parseRequestPath(path);
  const values = parts && matchTemplate(parsePathTemplate(template), parts);
  return values && Object.fromEntries(values.map(({ fieldPath, value }) => [fieldPath, value]));
}

test.each([
  ['/', '/', {}],
  ['/**', '/', {}],
  ['/**', '/a/b', {}],
  ['/a/**', '/a', {}],
  ['/v1/{id}', '/v1/a', { id: 'a' }],
  ['/v1/{name=shelves/*}', '/v1/shelves/s1', { name: 'shelves/s1' }],
  ['/v1/{name=shelves/*/books/*}', '/v1/shelves/1/books/2', { name: 'shelves/1/books/2' }],
  ['/v1/{name=files/**}', '/v1/files/a/b/c', { name: 'files/a/b/c' }],
  ['/v1/{name=files/**}', '/v1/files', { name: 'files' }],
  ['/v1/{name=**}/raw', '/v1/a/b/raw', { name: 'a/b' }],
  ['/v1/{name=**}/raw', '/v1/raw', { name: '' }],
  ['/f/{x=*}/{y=**}/g', '/f/foo/bar/baz/g', { x: 'foo', y: 'bar/baz' }],
  ['/a/{x=b/*/**/y/z}/foo', '/a/b/foo/bar/baz/y/z/foo', { x: 'b/foo/bar/baz/y/z' }],
  ['/{x=a/*}/b/{y=*}/c', '/a/hello/b/world/c', { x: 'a/hello', y: 'world' }],
])('%s matches %s', (template, path, fields) => {
  expect(match(template, path)).toEqual(fields);
});

test.each([
  ['/', '/a'],
  ['/v1/{id}', '/v1'],
  ['/v1/{id}', '/v1/'],
  ['/v1/{id}', '/v1/a/b'],
  ['/v1/{id}', '/v1/a/'],
  ['/v1/{id}', '/v1//a'],
  ['/v1/{id}', '//v1/a'],
  ['/v1/{id}', 'v1/a'],
  ['/v1/**', '/v1/a//b'],
  ['/v1/**', '/v1/'],
  ['/v1/{name=shelves/*}', '/v1/books/1'],
  ['/v1/{name=**}/raw', '/v1/a/b'],
  ['/v1/users', '/v1/Users'],
])('%s does not match %s', (template, path) => {
  expect(match(template, path)).toBeUndefined();
});

describe('escapes', () => {
  test.each([
    ['/v1/{id}', '/v1/a%2Fb%20c', { id: 'a/b c' }],
    ['/v1/{id}', '/v1/a%252Fb', { id: 'a%2Fb' }],
    ['/v1/{id}', '/v1/a+b', { id: 'a+b' }],
    ['/v1/{id}', '/v1/%E4%BD%A0', { id: '你' }],
    ['/v1/{id}', '/v1/%00', { id: '\0' }],
    ['/v1/{name=**}', '/v1/a%20b/c%2Fd%2fe/%2B', { name: 'a b/c%2Fd%2fe/+' }],
    ['/v1/{name=p/*/q/*}/c', '/v1/p/foo%20foo/q/bar%2Fbar/c', { name: 'p/foo foo/q/bar%2Fbar' }],
    ['/v1/{name=**}', '/v1/%21%23%3A%3B%3D%3F%40%5B%5D', { name: '!#:;=?@[]' }],
    ['/v1/users/{id}', '/v1/%75sers/a', { id: 'a' }],
    ['/v1/a@b', '/v1/a%40b', {}],
    ['/v1/a%40b', '/v1/a@b', {}],
    ['/größe', '/gr%C3%B6%C3%9Fe', {}],
  ])('of %s in %s are decoded once', (template, path, fields) => {
    expect(match(template, path)).toEqual(fields);
  });

  test.each(['/v1/%', '/v1/%z', '/v1/%f', '/v1/%ff', '/v1/%c3%28', '/v1/%ed%a0%80', '/v1/%u0041', '/%zz/a'])(
    'in %s are refused',
    (path) => {
      expect(() => parseRequestPath(path)).toThrow(PathError);
    },
  );
});

describe('a verb', () => {
  test.each([
    ['/v1/{id}:stat', '/v1/a:stat', { id: 'a' }],
    ['/v1/{id}:stat', '/v1/urn:isbn:123:stat', { id: 'urn:isbn:123' }],
    ['/v1/{id}:stat', '/v1/urn%3Aisbn%3A123:stat', { id: 'urn:isbn:123' }],
    ['/v1/{id}:stat', '/v1/a%2Fb:stat', { id: 'a/b' }],
    ['/v1/{id}:stat', '/v1/a:stat:stat', { id: 'a:stat' }],
    ['/v1/{id}:stat', '/v1/a:st%61t', { id: 'a' }],
    ['/v1/{id}:b:c', '/v1/x:y:b:c', { id: 'x:y' }],
    ['/{x=**}:verb', '/person:verb', { x: 'person' }],
    ['/{x=**}:verb', '/some:verb/const:verb', { x: 'some:verb/const' }],
    ['/v1/users:batchGet', '/v1/users:batchGet', {}],
    ['/a/b/**:verb', '/a/b:verb', {}],
    ['/a/b/**:verb', '/a/b/c:verb', {}],
    ['/v1/{id}', '/v1/a:other', { id: 'a:other' }],
    ['/foo/*/hello', '/foo/other:verb/hello', {}],
  ])('%s matches %s', (template, path, fields) => {
    expect(match(template, path)).toEqual(fields);
  });

  test.each([
    ['/v1/{id}:stat', '/v1/a'],
    ['/v1/{id}:stat', '/v1/a%3Astat'],
    ['/v1/{id}:stat', '/v1/:stat'],
    ['/v1/{id}:stat', '/v1/a:stat/'],
    ['/v1/{id}:stat', '/v1/a:Stat'],
    ['/v1/{id}:stat', '/v1/a:stat:'],
    ['/**:verb', '/'],
    ['/v1/users:batchGet', '/v1/users'],
    ['/v1/users:batchGet', '/v1/users%3AbatchGet'],
  ])('%s does not match %s', (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });
});
