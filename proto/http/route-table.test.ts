import { parsePathTemplate } from './path-template';
import { createRouteTable, shapeOf } from './route-table';

const route = (rule: string) => {
  const [verb = '', path = ''] = rule.split(' ');
  return { verb, template: parsePathTemplate(path) };
};

/** The rule that takes the request, wherever it stands among the others. */
function find(rules: readonly string[], verb: string, path: string): string | undefined {
  const found = [rules, rules.toReversed()].map((each) => {
    const match = createRouteTable(each.map(route)).find(verb, path);
    return match && `${match.route.verb} ${match.route.template.text}`;
  });
  expect(found[0]).toBe(found[1]);
  return found[0];
}

const LIBRARY = [
  'GET /v1/things/{id}',
  'GET /v1/things/{id}:stat',
  'DELETE /v1/things/{id}',
  'POST /v1/things/special',
  'GET /v1/{name=shelves/*}',
  'GET /v1/{name=**}',
  'GET /v1/{name=**}:stat',
  'GET /v1/files/**',
  'GET /v1/files/**/raw',
  'GET /v1/files',
  '* /v1/any/{id}',
  'PUT /v1/any/{id}',
  'GET /v1/twice/{id}:b:c',
  'GET /v1/twice/{id}:c',
];

test.each([
  ['GET', '/v1/things/a', 'GET /v1/things/{id}'],
  ['GET', '/v1/things/a:stat', 'GET /v1/things/{id}:stat'],
  ['GET', '/v1/things/urn:isbn:1', 'GET /v1/things/{id}'],
  ['GET', '/v1/things/a%3Astat', 'GET /v1/things/{id}'],
  ['GET', '/v1/others/a:stat', 'GET /v1/{name=**}:stat'],
  ['POST', '/v1/things/special', 'POST /v1/things/special'],
  // The path has a more specific route, but not for this verb.
  ['DELETE', '/v1/things/special', 'DELETE /v1/things/{id}'],
  ['GET', '/v1/shelves/1', 'GET /v1/{name=shelves/*}'],
  ['GET', '/v1/shelves/1/2', 'GET /v1/{name=**}'],
  ['GET', '/v1/files', 'GET /v1/files'],
  ['GET', '/v1/files/a', 'GET /v1/files/**'],
  ['GET', '/v1/files/a/raw', 'GET /v1/files/**/raw'],
  ['GET', '/v1/any/1', '* /v1/any/{id}'],
  ['REPORT', '/v1/any/1', '* /v1/any/{id}'],
  ['PUT', '/v1/any/1', 'PUT /v1/any/{id}'],
  ['GET', '/v1/twice/a:b:c', 'GET /v1/twice/{id}:b:c'],
  ['GET', '/v1/twice/a:d:c', 'GET /v1/twice/{id}:c'],
  ['DELETE', '/v1/things/a:b', 'DELETE /v1/things/{id}'],
  // The verb is another route's, and no part of an id.
  ['DELETE', '/v1/things/a:stat', undefined],
  ['DELETE', '/v1/things/a%3Astat', 'DELETE /v1/things/{id}'],
  ['PATCH', '/v1/things/a', undefined],
  ['GET', '/v2', undefined],
  ['GET', '/v1/things/', undefined],
])('%s %s goes to %s', (verb, path, rule) => {
  // `* /v1/any/{id}` is more specific than `GET /v1/{name=**}`.
  expect(find(LIBRARY, verb, path)).toBe(rule);
});

test('a match has the values of the path', () => {
  const { values } = createRouteTable([route('GET /v1/{a}/{b.c=d/*}')]).find('GET', '/v1/x%20y/d/e') ?? {};
  expect(values).toEqual([
    { fieldPath: 'a', value: 'x y' },
    { fieldPath: 'b.c', value: 'd/e' },
  ]);
});

test.each([
  ['/v1/things/a', ['GET', 'DELETE', 'GET']],
  ['/v1/things/special', ['GET', 'DELETE', 'POST', 'GET']],
  ['/v1/things/a:stat', ['GET', 'GET']],
  ['/v1/any/1', ['GET', '*', 'PUT']],
  ['/v2', []],
  ['/v1//a', []],
])('the routes at %s have the verbs %j', (path, verbs) => {
  const found = createRouteTable(LIBRARY.map(route)).routesAt(path);
  expect(found.map(({ verb }) => verb)).toEqual(verbs);
});

test.each([
  ['GET /v1/{a}', 'GET /v1/{b=*}', true],
  ['GET /v1/shelves/{id}', 'GET /v1/{name=shelves/*}', true],
  ['GET /v1/{a=**}', 'GET /v1/**', true],
  ['GET /v1/a', 'GET /v1/%61', true],
  ['GET /v1/{a}:x', 'GET /v1/{b}:x', true],
  ['GET /v1/{a}', 'POST /v1/{a}', false],
  ['GET /v1/{a}', '* /v1/{a}', false],
  ['GET /v1/{a}', 'GET /v1/a', false],
  ['GET /v1/{a}', 'GET /v1/{a=**}', false],
  ['GET /v1/{a}:x', 'GET /v1/{a}:y', false],
  ['GET /v1/%2A', 'GET /v1/*', false],
  ['GET /v1/a%2Fb', 'GET /v1/a/b', false],
])('%s and %s have the same shape: %s', (a, b, same) => {
  expect(shapeOf(route(a)) === shapeOf(route(b))).toBe(same);
});
