import { randomUUID } from 'node:crypto';
import type { JsonValue } from '@bufbuild/protobuf';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { BytesClient } from '../kit/client';
import { StatusError } from '../kit/status-error';
import type { MethodCodec } from '../kit/transcode';
import { type Binding } from './bindings';
import { contextOf } from './context';
import { createEvents } from './events';
import { type Problem, problemOf, problemOfHttpError } from './problem';
import { type HttpParts, requestJson } from './request-json';
import { watchSockets } from './sockets';

interface Dependencies {
  bindings: Binding[];
  clients: Readonly<Record<string, BytesClient>>;
  codecOf: (service: string, method: string) => MethodCodec;
  health: { readonly serving: boolean };
  log: Logger;
}

/** What the kubelet asks every few seconds, and nobody wants to read about. */
const PROBES = new Set(['/livez', '/readyz']);

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_PARAMETER_LENGTH = 1000;

/** HTTP/JSON in front of gRPC: a route for every binding, server streams as server-sent events. */
export function createGateway({ bindings, clients, codecOf, health, log }: Dependencies): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    genReqId: requestId,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    // These come before any hook.
    frameworkErrors: (error, request, reply) =>
      void sendProblem(reply.header('x-request-id', request.id), problemFor(error, request.id)),
  });
  // Callbacks, since a hook that returns the reply, which is a promise for its end, would wait for itself.
  app.addHook('onRequest', (request, reply, next) => {
    void reply.header('x-request-id', request.id);
    next();
  });
  app.addHook('onResponse', (request, reply, next) => {
    logRequest(log, request, reply);
    next();
  });
  const closeSockets = watchSockets(app.server);
  app.addHook('preClose', (done) => {
    closeSockets();
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemFor(error, request.id);
    if (problem.status === 500) log.error({ err: error, requestId: request.id }, 'request failed');
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, problemOfHttpError(404, `there is no ${request.method} ${pathOf(request)}`, request.id)),
  );
  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) =>
    health.serving ? { status: 'ok' } : reply.code(503).send({ status: 'not serving' }),
  );
  for (const binding of bindings) addRoute(app, binding, clients, codecOf);
  return app;
}

function addRoute(
  app: FastifyInstance,
  binding: Binding,
  clients: Dependencies['clients'],
  codecOf: Dependencies['codecOf'],
): void {
  const { verb, url, callee, method, streams } = binding;
  const codec = codecOf(method.contract.fullName, method.name);
  const call = clients[callee]?.[method.name];
  if (!call) throw new Error(`${callee}.${method.name} has a route but no client`);
  app.route({
    method: verb,
    url,
    // A HEAD would call the method for nothing.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const bytes = codec.request.toBytes(requestJson(codec.request.descriptor, binding, partsOf(request)));
      const answer = call(bytes, contextOf(request, reply));
      if (!streams) return reply.type('application/json').send(codec.reply.toJson((await answer) as Uint8Array));
      const problem = (error: unknown): Problem => problemFor(error, request.id);
      const events = await createEvents(answer as AsyncIterable<Uint8Array>, codec.reply, problem);
      return reply.type('text/event-stream').header('cache-control', 'no-cache').send(events);
    },
  });
}

function partsOf(request: FastifyRequest): HttpParts {
  return {
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string | string[]>,
    body: request.body as JsonValue | undefined,
  };
}

function problemFor(error: unknown, requestId: string): Problem {
  if (error instanceof StatusError) return problemOf(error, requestId);
  const { statusCode, message } = error as FastifyError;
  if (statusCode !== undefined && statusCode < 500) return problemOfHttpError(statusCode, message, requestId);
  return problemOf(new StatusError('INTERNAL', `internal error (request-id: ${requestId})`), requestId);
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type('application/problem+json').send(problem);
}

/** The caller's own id, where it is one that can be carried and logged. */
function requestId({ headers }: { headers: Record<string, string | string[] | undefined> }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:+/=-]{1,128}$/.test(given) ? given : randomUUID();
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function logRequest(log: Logger, request: FastifyRequest, reply: FastifyReply): void {
  if (PROBES.has(request.url)) return;
  const ms = Math.round(reply.elapsedTime * 10) / 10;
  log.info(
    { requestId: request.id, verb: request.method, path: pathOf(request), status: reply.statusCode, ms },
    'request',
  );
}
