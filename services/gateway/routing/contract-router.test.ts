import fastify, { type FastifyInstance } from 'fastify';
import { Greeter } from '../../../proto/gen/weft/greeter/v1/greeter_pb';
import { parsePathTemplate } from '../../../proto/http/path-template';
import { addRefusals } from './allowed-verbs';
import type { RoutedKind } from './bindings';
import { createContractRouter, pathValuesOf } from './contract-router';
import type { HttpError } from '../problems/http-error';

let app: FastifyInstance;

/** Answers with its own rule and what the path sets. */
const route = (verb: string, path: string, kind: RoutedKind = 'unary') => ({
  verb,
  template: parsePathTemplate(path),
  kind,
  method: Greeter.method.sayHello,
  body: undefined,
  handler: async ({ raw }: { raw: Parameters<typeof pathValuesOf>[0] }) => ({
    rule: `${verb} ${path}`,
    set: Object.fromEntries(pathValuesOf(raw).map(({ fieldPath, value }) => [fieldPath, value])),
  }),
});

beforeAll(async () => {
  const router = createContractRouter([
    route('GET', '/a/{x}', 'server_streaming'),
    // The same path, though another rule calls its field something else.
    route('POST', '/a/{y}'),
    route('POST', '/a/{x}:stop'),
    route('GET', '/a:all', 'server_streaming'),
    route('GET', '/b/{x}'),
    route('PUT', '/livez'),
  ]);
  app = fastify({ exposeHeadRoutes: false, routerOptions: { constraints: router.constraints as never } });
  app.setErrorHandler((error, _, reply) => reply.code((error as HttpError).status).send());
  app.get('/livez', async () => 'alive');
  addRefusals(app, [{ url: '/livez', verbs: ['GET'] }]);
  router.addRefusals(app);
  router.addRoutes(app, 'json');
  await app.ready();
});

afterAll(() => app.close());

test.each([
  ['GET', '/a/1', 200, undefined],
  ['POST', '/a/1', 200, undefined],
  ['DELETE', '/a/1', 405, 'GET, POST, OPTIONS'],
  ['OPTIONS', '/a/1', 204, 'GET, POST, OPTIONS'],
  ['HEAD', '/a/1', 405, 'GET, POST, OPTIONS'],
  ['POST', '/a/1:stop', 200, undefined],
  ['GET', '/a/1:stop', 405, 'POST, OPTIONS'],
  ['POST', '/a:all', 405, 'GET, OPTIONS'],
  ['POST', '/a:some', 404, undefined],
  ['GET', '/b/1', 200, undefined],
  ['HEAD', '/b/1', 200, undefined],
  ['DELETE', '/b/1', 405, 'GET, HEAD, OPTIONS'],
  ['GET', '/b/%ff', 400, undefined],
  ['GET', `/b/${'x'.repeat(1_001)}`, 414, undefined],
  ['GET', `/c/${'x'.repeat(1_001)}`, 404, undefined],
  // The gateway's own routes come first, with all verbs.
  ['GET', '/livez', 200, undefined],
  ['PUT', '/livez', 405, 'GET, OPTIONS'],
  ['OPTIONS', '/livez', 204, 'GET, OPTIONS'],
] as const)('%s %s is %i', async (method, url, status, allow) => {
  const { statusCode, headers } = await app.inject({ method, url });
  expect([statusCode, headers['allow']]).toEqual([status, allow]);
});

test.each([
  ['/a/x%2Fy%3Aall', { rule: 'GET /a/{x}', set: { x: 'x/y:all' } }],
  ['/b/a%252Fb?c=d', { rule: 'GET /b/{x}', set: { x: 'a%2Fb' } }],
])('the path %s is read as it was sent', async (url, answer) => {
  expect((await app.inject(url)).json()).toEqual(answer);
});
