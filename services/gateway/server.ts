import type { IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Comments } from '../../proto/comments';
import { createSampler } from '../kit/logging/call-log';
import { createLocalize } from '../kit/errors/messages';
import { addRefusals, verbAndPath } from './routing/allowed-verbs';
import { watchArrivals } from './routing/arrivals';
import type { Binding } from './routing/bindings';
import { createClosing, type Closing, closingError } from './routing/closing';
import {
  type BodyForm,
  type ContractRoute,
  type ContractRouter,
  createContractRouter,
} from './routing/contract-router';
import { addDocs, DOCS_PATHS } from './openapi/docs';
import { createFailures, type Failures } from './problems/failures';
import { HttpError } from './problems/http-error';
import { HttpBody } from './requests/http-body';
import { parseBody } from './requests/json-text';
import { MESSAGES } from './messages';
import { refuseEncoded } from './requests/negotiation';
import { createParserErrors } from './problems/parser-errors';
import { createTellProblem } from './problems/problem';
import { bind, type BoundMethod, messageHandler, type RouteParts } from './routing/routes';
import type { GatewaySettings } from './settings';
import { watchSockets } from './routing/sockets';
import { addUploadParser, uploadHandler } from './requests/upload-routes';

interface Dependencies extends Pick<RouteParts, 'clients'> {
  bindings: Binding[];
  /** Of the contracts, for the OpenAPI document. */
  comments: Comments;
  health: { readonly serving: boolean };
  log: Logger;
  settings: GatewaySettings;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** The part of the drain timeout in which streams may end by themselves. */
const STREAMS_PART = 0.8;

/** HTTP/JSON in front of gRPC: a route for every binding; streams are server-sent events, or JSON lines. */
export function createGateway({ bindings, comments, clients, health, log, settings }: Dependencies): FastifyInstance {
  const failures = createFailures(createTellProblem(createLocalize(MESSAGES)), log);
  const closing = createClosing();
  const parts: RouteParts = { clients, failures, closing, heartbeatMs: settings.SSE_HEARTBEAT_MS };
  const router = createContractRouter(bindings.map((binding) => routeOf(bind(binding, parts))));
  const app = createApp(router, failures, log, settings.LOG_CALLS_PER_SECOND);
  closeGently(app, closing, settings.DRAIN_TIMEOUT_MS);
  addHooks(app, failures, closing);
  const verbs = addCustomVerbs(app, bindings);
  if (settings.CORS_ORIGINS.length > 0) allowOrigins(app, settings.CORS_ORIGINS, verbs);
  // In plugins, since what @fastify/cors adds is there for routes that come after it.
  void app.register(async (scope) => {
    addHealth(scope, health);
    // Loaded on demand.
    addDocs(scope, async () => (await import('./openapi/openapi')).createOpenApi(bindings, comments));
    addRefusals(scope, OWN_ROUTES);
    router.addRefusals(scope);
    router.addRoutes(scope, 'json');
  });
  for (const [form, addParser] of Object.entries(PARSERS) as [BodyForm, (scope: FastifyInstance) => void][])
    void app.register(async (scope) => {
      addParser(scope);
      router.addRoutes(scope, form);
    });
  return app;
}

function routeOf(bound: BoundMethod): ContractRoute {
  return {
    ...bound.binding,
    handler: bound.binding.kind === 'client_streaming' ? uploadHandler(bound) : messageHandler(bound),
  };
}

/** How the bodies are read that are not JSON. */
const PARSERS: Record<Exclude<BodyForm, 'json'>, (scope: FastifyInstance) => void> = {
  lines: (scope) => addUploadParser(scope, 'application/x-ndjson'),
  chunks: (scope) => addUploadParser(scope, '*'),
  raw: (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, async ({ headers }: FastifyRequest, body: Buffer) =>
      body.length === 0 ? undefined : new HttpBody(headers['content-type'] ?? 'application/octet-stream', body),
    );
  },
};

/** Registers the verbs of `custom` rules with Fastify. @returns all verbs */
function addCustomVerbs(app: FastifyInstance, bindings: readonly Binding[]): string[] {
  const custom = [...new Set(bindings.map(({ verb }) => verb))].filter(
    (verb) => verb !== '*' && !app.supportedMethods.includes(verb),
  );
  for (const verb of custom) app.addHttpMethod(verb, { hasBody: true });
  return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', ...custom];
}

function createApp(
  { constraints }: ContractRouter,
  failures: Failures,
  log: Logger,
  linesPerSecond: number,
): FastifyInstance {
  const parserErrors = createParserErrors(failures, log);
  const app = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    genReqId: ({ headers }) => headers['x-request-id'] as string,
    routerOptions: { constraints: constraints as never },
    // Fastify's own answers to these have no problem; a hook checks them.
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
    parseBody(body),
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
function allowOrigins(app: FastifyInstance, origins: string[], methods: string[]): void {
  void app.register(cors, {
    origin: origins,
    methods,
    exposedHeaders: ['x-request-id', 'x-trace-id', 'retry-after', 'content-language'],
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

/** On close, ends streams and sockets that would stay open. */
function closeGently(app: FastifyInstance, closing: Closing, drainMs: number): void {
  const closeSockets = watchSockets(app.server);
  app.addHook('preClose', (done) => {
    closing.begin(drainMs * STREAMS_PART);
    closeSockets();
    done();
  });
  app.server.once('close', closing.end);
}
