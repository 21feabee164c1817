import { openApiPath } from './openapi-path';

test.each<[string, string, [name: string, field: string | undefined, pattern: string | undefined][]]>([
  ['/v1/users', '/v1/users', []],
  ['/v1/users/{user_id}', '/v1/users/{user_id}', [['user_id', 'user_id', undefined]]],
  ['/v1/users/{user_id=*}:ban', '/v1/users/{user_id}:ban', [['user_id', 'user_id', undefined]]],
  ['/v1/{book.name}/x', '/v1/{book.name}/x', [['book.name', 'book.name', undefined]]],
  ['/v1/{name=shelves/*}', '/v1/shelves/{name}', [['name', 'name', 'shelves/*']]],
  [
    '/v1/{name=shelves/*/books/*}:read',
    '/v1/shelves/{name_1}/books/{name_2}:read',
    [
      ['name_1', 'name', 'shelves/*/books/*'],
      ['name_2', 'name', 'shelves/*/books/*'],
    ],
  ],
  ['/v1/{path=**}', '/v1/{path}', [['path', 'path', '**']]],
  ['/v1/{kind=books}/x', '/v1/books/x', []],
  [
    '/v1/*/a/**',
    '/v1/{wildcard_1}/a/{wildcard_2}',
    [
      ['wildcard_1', undefined, '*'],
      ['wildcard_2', undefined, '**'],
    ],
  ],
])('%s is %s', (template, path, parameters) => {
  expect(openApiPath(template)).toEqual({
    path,
    parameters: parameters.map(([name, field, pattern]) => ({ name, field, pattern })),
  });
});
