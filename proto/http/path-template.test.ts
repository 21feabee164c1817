import { parsePathTemplate, TemplateError } from './path-template';

const literal = (text: string) => ({ literal: text });
const v1 = literal('v1');

test.each([
  ['/', [], [], undefined],
  ['/v1/users', [v1, literal('users')], [], undefined],
  ['/v1/*', [v1, '*'], [], undefined],
  ['/v1/**', [v1, '**'], [], undefined],
  ['/v1/{id}', [v1, '*'], [['id', 1, 2]], undefined],
  ['/v1/{id=*}', [v1, '*'], [['id', 1, 2]], undefined],
  ['/v1/{id=a}', [v1, literal('a')], [['id', 1, 2]], undefined],
  ['/v1/{id=**}', [v1, '**'], [['id', 1, 2]], undefined],
  ['/v1/{name=shelves/*/books/*}', [v1, literal('shelves'), '*', literal('books'), '*'], [['name', 1, 5]], undefined],
  [
    '/v1/{book.name=a/*}/b/{c}',
    [v1, literal('a'), '*', literal('b'), '*'],
    [
      ['book.name', 1, 3],
      ['c', 4, 5],
    ],
    undefined,
  ],
  ['/{a.b.c}', ['*'], [['a.b.c', 0, 1]], undefined],
  ['/v1/{x=b/**}/z', [v1, literal('b'), '**', literal('z')], [['x', 1, 3]], undefined],
  ['/v1/users:batchGet', [v1, literal('users')], [], 'batchGet'],
  ['/v1/{id}:stat', [v1, '*'], [['id', 1, 2]], 'stat'],
  ['/v1/{id}:bla:baa', [v1, '*'], [['id', 1, 2]], 'bla:baa'],
  ['/v1/*:stat', [v1, '*'], [], 'stat'],
  ['/v1/urn:isbn:stat', [v1, literal('urn:isbn')], [], 'stat'],
  ['/v1/a:b/c', [v1, literal('a:b'), literal('c')], [], undefined],
  ['/v1/{name=segment/wi:th}', [v1, literal('segment'), literal('wi:th')], [['name', 1, 3]], undefined],
  ['/v1/{name=a:b/*}:c', [v1, literal('a:b'), '*'], [['name', 1, 3]], 'c'],
  ["/-._~!$&'()+,;=@", [literal("-._~!$&'()+,;=@")], [], undefined],
  ['/%e7%ac%ac/%2F', [literal('第'), literal('/')], [], undefined],
  ['/größe', [literal('größe')], [], undefined],
  ['/v1/a=b&c=d;e=f:g/endpoint.rdf', [v1, literal('a=b&c=d;e=f:g'), literal('endpoint.rdf')], [], undefined],
])('%s is read', (text, segments, variables, verb) => {
  const fields = variables.map(([fieldPath, start, end]) => ({ fieldPath, start, end }));
  expect(parsePathTemplate(text)).toEqual({ text, segments, variables: fields, verb });
});

test.each([
  ['', 1, 'begin it with a slash'],
  ['v1/users', 1, 'begin it with a slash'],
  ['{a}', 1, 'begin it with a slash'],
  ['/v1//users', 5, 'this segment is empty'],
  ['/v1/users/', 11, 'this segment is empty'],
  ['//', 2, 'this segment is empty'],
  ['/v1/{a', 5, 'close this "{" with "}"'],
  ['/v1/a}', 6, 'there is no "{" before this "}"'],
  ['/v1/{a{b}}', 7, 'a field cannot contain another field'],
  ['/v1/{a=b/{c}}', 10, 'a field cannot contain another field'],
  ['/v1/{a}{b}', 5, 'a field has to fill its whole segment'],
  ['/v1/{a}b', 5, 'a field has to fill its whole segment'],
  ['/v1/b{a}', 6, 'escape "{", or write "*" or {field} for a whole segment'],
  ['/v1/{}', 6, '"" is not the name of a field'],
  ['/v1/{1a}', 6, '"1a" is not the name of a field'],
  ['/v1/{a.}', 6, '"a." is not the name of a field'],
  ['/v1/{a-b}', 6, '"a-b" is not the name of a field'],
  ['/v1/{a=}', 8, 'this segment is empty'],
  ['/v1/{a=b/}', 10, 'this segment is empty'],
  ['/v1/{a=/b}', 8, 'this segment is empty'],
  ['/v1/**/*', 8, 'only literal segments can follow "**"'],
  ['/v1/**/a/**', 10, 'only literal segments can follow "**"'],
  ['/v1/{a=**}/{b}', 12, 'only literal segments can follow "**"'],
  ['/v1/a*', 6, 'escape \"*\"'],
  ['/v1/***', 5, 'escape \"*\"'],
  ['/v1/a b', 6, 'escape \" \"'],
  ['/v1/a?b=c', 6, 'escape \"?\"'],
  ['/v1/a#b', 6, 'escape \"#\"'],
  ['/v1/100%', 8, 'escape \"%\"'],
  ['/v1/%zz', 5, 'escape \"%\"'],
  ['/v1/%ff', 5, 'these escapes are not UTF-8'],
  ['/v1/{a}:', 9, 'this verb is empty'],
  ['/v1/a:', 7, 'this verb is empty'],
  ['/v1/:a', 5, 'this segment is empty'],
])('%s is refused at character %i: %s', (text, character, problem) => {
  const parsing = () => parsePathTemplate(text);
  expect(parsing).toThrow(TemplateError);
  expect(parsing).toThrow(`the path "${text}" cannot be routed: character ${character}: ${problem}`);
});
