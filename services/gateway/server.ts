import type { IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Comments } from '../../proto/comments';
import { createSampler } from '../kit/call-log';
import { createLocalize } from '../kit/messages';
import { addRefusals, verbAndPath } from './allowed-verbs';
import { watchArrivals } from './arrivals';
import type { Binding } from './bindings';
import { createClosing, type Closing, closingError } from './closing';
import { addDocs, DOCS_PATHS } from './docs';
import { createFailures, type Failures } from './failures';
import { HttpError } from './http-error';
import { parseJson } from './json-text';
import { MESSAGES } from './messages';
import { refuseEncoded } from './negotiation';
import { createParserErrors } from './parser-errors';
import { createTellProblem } from './problem';
import { addMessageRoute, bind, type RouteParts, verbsOf } from './routes';
import type { GatewaySettings } from './settings';
import { watchSockets } from './sockets';
import { addUploadRoutes } from './upload-routes';

interface Dependencies extends Pick<RouteParts, 'clients'> {
  bindings: Binding[];
  /** Of the contracts, for the OpenAPI document. */
  comments: Comments;
  health: { readonly serving: boolean };
  log: Logger;
  settings: GatewaySettings;
}

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_PARAMETER_LENGTH = 1000;

/** Of the time there is to drain, streams have this part to come to an end by themselves. */
const STREAMS_PART = 0.8;

/** HTTP/JSON in front of gRPC: a route for every binding; streams are server-sent events, or JSON lines. */
export function createGateway({ bindings, comments, clients, health, log, settings }: Dependencies): FastifyInstance {
  const failures = createFailures(createTellProblem(createLocalize(MESSAGES)), log);
  const app = createApp(failures, log, settings.LOG_CALLS_PER_SECOND);
  const closing = closeGently(app, settings.DRAIN_TIMEOUT_MS);
  addHooks(app, failures, closing);
  if (settings.CORS_ORIGINS.length > 0) allowOrigins(app, settings.CORS_ORIGINS);
  const parts: RouteParts = { clients, failures, closing, heartbeatMs: settings.SSE_HEARTBEAT_MS };
  const bound = bindings.map((binding) => bind(binding, parts));
  // In a plugin, since what @fastify/cors adds is there for routes that come after it.
  void app.register(async (scope) => {
    addHealth(scope, health);
    // Loaded when somebody asks for it.
    addDocs(scope, async () => (await import('./openapi')).createOpenApi(bindings, comments));
    for (const each of bound) if (each.binding.kind !== 'client_streaming') addMessageRoute(scope, each);
    const routes = bindings.map((binding) => ({ url: binding.url, verbs: verbsOf(binding) }));
    addRefusals(scope, [...routes, ...OWN_ROUTES]);
  });
  void app.register(addUploadRoutes(bound.filter(({ binding }) => binding.kind === 'client_streaming')));
  return app;
}

function createApp(failures: Failures, log: Logger, linesPerSecond: number): FastifyInstance {
  const parserErrors = createParserErrors(failures, log);
  const app = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    genReqId: ({ headers }) => headers['x-request-id'] as string,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    // Both would be answered without a problem: they are looked for in a hook.
    return503OnClosing: false,
    http: { requireHostHeader: false },
    // These come before any hook.
    frameworkErrors: (error, _, reply) => void failures.send(reply, error),
    clientErrorHandler: parserErrors.handle,
  });
  parserErrors.watch(app.server);
  watchArrivals(app.server, log, createSampler(linesPerSecond));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) =>
    parseJson(body),
  );
  return app;
}

function addHooks(app: FastifyInstance, failures: Failures, closing: Closing): void {
  // Not onRequest: what a browser may read of these refusals, @fastify/cors says there.
  app.addHook('preParsing', (request, _reply, payload, next) => {
    const refusal = closing.begun ? closingError() : (refuseWithoutHost(request.raw) ?? refuseEncoded(request));
    if (refusal) next(refusal);
    else next(null, payload);
  });
  app.setErrorHandler((error, _, reply) => failures.send(reply, error));
  app.setNotFoundHandler((request, reply) => failures.send(reply, notFound(app, request)));
}

/** @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
function refuseWithoutHost({ headers, httpVersion }: IncomingMessage): HttpError | undefined {
  if (httpVersion !== '1.1' || headers.host !== undefined) return undefined;
  return new HttpError(400, 'INVALID_ARGUMENT', 'host.missing');
}

function notFound(app: FastifyInstance, request: FastifyRequest): HttpError {
  const metadata = verbAndPath(request);
  if (!app.supportedMethods.includes(request.method))
    return new HttpError(501, 'UNIMPLEMENTED', 'verb.unknown', metadata);
  return new HttpError(404, 'NOT_FOUND', 'route.not-found', metadata);
}

/** @see https://fetch.spec.whatwg.org/#http-cors-protocol */
function allowOrigins(app: FastifyInstance, origins: string[]): void {
  void app.register(cors, {
    origin: origins,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['x-request-id', 'retry-after', 'content-language'],
    maxAge: 600,
    // OPTIONS without an origin is a question as well, which the routes answer.
    strictPreflight: false,
    preflightContinue: true,
  });
}

const OWN_ROUTES = ['/livez', '/readyz', ...DOCS_PATHS].map((url) => ({ url, verbs: ['GET', 'HEAD'] as const }));

function addHealth(app: FastifyInstance, health: { readonly serving: boolean }): void {
  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) =>
    health.serving ? { status: 'ok' } : reply.code(503).send({ status: 'not serving' }),
  );
}

/** Ends what would not end by itself when the gateway closes. */
function closeGently(app: FastifyInstance, drainMs: number): Closing {
  const closing = createClosing();
  const closeSockets = watchSockets(app.server);
  app.addHook('preClose', (done) => {
    closing.begin(drainMs * STREAMS_PART);
    closeSockets();
    done();
  });
  app.server.once('close', closing.end);
  return closing;
}
