import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { LocalProbe } from '../plan/plan';
import { createPortChooser } from '../plan/ports';
import { probe } from './probe';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function listen(server: Server, port = 0): Promise<number> {
  ends.push(() => server.close());
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function listenHttp(answer: RequestListener, port = 0): Promise<number> {
  const server = createHttpServer(answer);
  ends.push(() => server.closeAllConnections());
  return listen(server, port);
}

async function listenGrpc(statuses: Record<string, 'SERVING' | 'NOT_SERVING'>): Promise<number> {
  const server = new GrpcServer();
  new HealthImplementation(statuses).addToServer(server);
  ends.push(() => server.forceShutdown());
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

/** Accepts connections but never answers, like a process that hangs. */
async function listenSilently(): Promise<number> {
  const server = createServer((socket) => ends.push(() => socket.destroy()));
  return listen(server);
}

const at = (port: number, target: Partial<LocalProbe> = {}): LocalProbe => ({
  port,
  initialDelaySeconds: 0,
  periodSeconds: 1,
  failureThreshold: 1,
  timeoutSeconds: 0.5,
  ...target,
});

describe('a gRPC probe', () => {
  test.each<[string, string, boolean]>([
    ['the server', '', true],
    ['a service that serves', 'liveness', true],
    ['a service that does not serve', 'weft.greeter.v1.Greeter', false],
    ['an unknown service', 'weft.nobody.v1.Nobody', false],
  ])('asks health for %s', async (_, grpcService, good) => {
    const port = await listenGrpc({ '': 'SERVING', liveness: 'SERVING', 'weft.greeter.v1.Greeter': 'NOT_SERVING' });
    expect(await probe(at(port, { grpcService }))).toBe(good);
  });

  test('fails if another server answers', async () => {
    const port = await listenHttp((_, response) => response.end('hello'));
    expect(await probe(at(port, { grpcService: '' }))).toBe(false);
  });
});

describe('an HTTP probe', () => {
  test.each([
    [200, true],
    [204, true],
    [302, true],
    [399, true],
    [400, false],
    [404, false],
    [503, false],
  ])('takes status %d for %s', async (status, good) => {
    const port = await listenHttp((_, response) => response.writeHead(status, { location: '/elsewhere' }).end());
    expect(await probe(at(port, { httpPath: '/readyz' }))).toBe(good);
  });

  test.each([
    ['/readyz?full=1', '/readyz?full=1'],
    ['readyz', '/readyz'],
    ['/a b', '/a%20b'],
  ])('gets %s', async (httpPath, url) => {
    const asked: (string | undefined)[] = [];
    const port = await listenHttp(({ method, url: path }, response) => {
      asked.push(method, path);
      response.end();
    });
    expect(await probe(at(port, { httpPath }))).toBe(true);
    expect(asked).toEqual(['GET', url]);
  });

  test('does not wait for the end of a long response', async () => {
    const port = await listenHttp((_, response) => response.write('data: 1\n\n'));
    expect(await probe(at(port, { httpPath: '/', timeoutSeconds: 60 }))).toBe(true);
  });

  test('works on ports that browsers refuse', async () => {
    const choose = createPortChooser();
    // fetch refuses each of 6665 to 6669.
    const wanted = await choose(6_665);
    const port = await listenHttp((_, response) => response.end(), wanted);
    expect(await probe(at(port, { httpPath: '/' }))).toBe(true);
  });
});

test('a TCP probe only connects', async () => {
  expect(await probe(at(await listenSilently()))).toBe(true);
});

test.each<[string, Partial<LocalProbe>]>([
  ['a gRPC probe', { grpcService: '' }],
  ['an HTTP probe', { httpPath: '/' }],
])('%s fails in time if a listener never answers', async (_, target) => {
  expect(await probe(at(await listenSilently(), target))).toBe(false);
});

test.each<[string, Partial<LocalProbe>]>([
  ['a gRPC probe', { grpcService: '' }],
  ['an HTTP probe', { httpPath: '/' }],
  ['a TCP probe', {}],
])('%s fails if nothing listens', async (_, target) => {
  const port = await createPortChooser()();
  expect(await probe(at(port, target))).toBe(false);
});
