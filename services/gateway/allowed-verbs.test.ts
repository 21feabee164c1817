import fastify, { type FastifyInstance } from 'fastify';
import { addRefusals } from './allowed-verbs';

let app: FastifyInstance;

beforeAll(async () => {
  // HEAD is said by name, or Fastify adds it to each GET.
  app = fastify({ exposeHeadRoutes: false });
  app.get('/a/:x', async () => 'got');
  app.post('/a/:y', async () => 'posted');
  app.post('/a/:x([^/:]+)::stop', async () => 'stopped');
  app.get('/a::all', async () => 'all');
  addRefusals(app, [
    { url: '/a/:x', verbs: ['GET'] },
    // The same path, though another rule calls its field something else.
    { url: '/a/:y', verbs: ['POST'] },
    { url: '/a/:x([^/:]+)::stop', verbs: ['POST'] },
    { url: '/a::all', verbs: ['GET'] },
  ]);
  await app.ready();
});

afterAll(() => app.close());

test.each([
  ['GET', '/a/1', 200, undefined],
  ['POST', '/a/1', 200, undefined],
  ['DELETE', '/a/1', 405, 'GET, POST, OPTIONS'],
  ['OPTIONS', '/a/1', 204, 'GET, POST, OPTIONS'],
  ['POST', '/a/1:stop', 200, undefined],
  ['GET', '/a/1:stop', 405, 'POST, OPTIONS'],
  ['POST', '/a:all', 405, 'GET, OPTIONS'],
  ['POST', '/a:some', 404, undefined],
] as const)('%s %s is %i', async (method, url, status, allow) => {
  const { statusCode, headers } = await app.inject({ method, url });
  // Fastify by itself answers with the status of an error.
  expect([statusCode, headers['allow']]).toEqual([status, allow]);
});
