import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, HTTPMethods, RouteHandlerMethod } from 'fastify';
import { PathError, type PathValue } from '../../../proto/http/request-path';
import { createRouteTable, type RouteMatch, type RouteTable } from '../../../proto/http/route-table';
import { nameHttpRoute } from '../../kit/telemetry/http-route';
import { allowHeader, verbRefusal, verbsOf } from './allowed-verbs';
import type { Binding } from './bindings';
import { takesHttpBody } from '../requests/http-body';
import { HttpError } from '../problems/http-error';
import { nameProxySpan } from '../proxy-span';
import { rawPathOf } from './request-url';

/** How the body of a request is read. */
export type BodyForm = 'json' | 'raw' | 'lines' | 'chunks';

/** A binding and what answers it. */
export interface ContractRoute extends Pick<Binding, 'verb' | 'template' | 'kind' | 'method' | 'body'> {
  readonly handler: RouteHandlerMethod;
}

/** Decides by the path as it was sent, before Fastify's own router decodes it, which binding a request goes to. */
export interface ContractRouter {
  /** For Fastify's option `routerOptions.constraints`. */
  readonly constraints: Record<string, object>;
  /** Adds the routes of all bindings whose bodies are read in this form. */
  addRoutes(scope: FastifyInstance, form: BodyForm): void;
  /** Adds the answers to OPTIONS, to verbs that a path does not have, and to paths that cannot be read. */
  addRefusals(scope: FastifyInstance): void;
}

/** The outcome for a request at a path of the contracts. Fastify's router picks a variant by its key. */
type Outcome =
  | { readonly key: BodyForm; readonly match: RouteMatch<ContractRoute> }
  | { readonly key: 'options'; readonly allow: string }
  | { readonly key: 'verb'; readonly allow: string }
  | { readonly key: 'malformed'; readonly error: HttpError };

/** In characters, of one segment. */
const MAX_SEGMENT_LENGTH = 1000;

/**
 * Fastify's router supports neither `{name=shelves/*}` nor escaped colons, so it gets one route for all paths in
 * several variants, and a constraint picks one.
 *
 * @see https://fastify.dev/docs/latest/Reference/Routes/#constraints
 */
export function createContractRouter(routes: readonly ContractRoute[]): ContractRouter {
  const table = createRouteTable(routes);
  const deriveConstraint = (request: IncomingMessage): string | undefined => {
    const outcome = decide(table, request);
    if (outcome) outcomes.set(request, outcome);
    return outcome?.key;
  };
  return {
    constraints: { contract: { name: 'contract', storage: createStorage, deriveConstraint } },
    addRoutes: (scope, form) => {
      scope.route({
        ...variant(scope, form),
        onRequest: (request, reply, next) => {
          const { text } = outcomeOf(request.raw, form).match.route.template;
          nameHttpRoute(text);
          nameProxySpan(request, reply, text);
          next();
        },
        handler: function (request, reply) {
          return outcomeOf(request.raw, form).match.route.handler.call(this, request, reply);
        },
      });
    },
    addRefusals,
  };
}

function addRefusals(scope: FastifyInstance): void {
  scope.route({
    ...variant(scope, 'options'),
    method: 'OPTIONS',
    handler: ({ raw }, reply) => void reply.code(204).header('allow', outcomeOf(raw, 'options').allow).send(),
  });
  // Before the body is read, which may be of any type.
  scope.route({
    ...variant(scope, 'verb'),
    onRequest: (request, reply, next) => next(verbRefusal(request, reply, outcomeOf(request.raw, 'verb').allow)),
    handler: () => undefined,
  });
  scope.route({
    ...variant(scope, 'malformed'),
    onRequest: ({ raw }, _, next) => next(outcomeOf(raw, 'malformed').error),
    handler: () => undefined,
  });
}

const outcomes = new WeakMap<IncomingMessage, Outcome>();

function outcomeOf<Key extends Outcome['key']>(request: IncomingMessage, _: Key): Extract<Outcome, { key: Key }> {
  return outcomes.get(request) as Extract<Outcome, { key: Key }>;
}

/** The fields that the path of a request sets, once a {@link ContractRouter} has found its route. */
export function pathValuesOf(request: IncomingMessage): readonly PathValue[] {
  const outcome = outcomes.get(request);
  return outcome && 'match' in outcome ? outcome.match.values : [];
}

function decide(table: RouteTable<ContractRoute>, request: IncomingMessage): Outcome | undefined {
  const path = rawPathOf(request);
  const verb = request.method ?? '';
  try {
    const match = findMatch(table, verb, path);
    if (match && isTooLong(path)) return malformed(414, 'url.too-long');
    if (match) return { key: formOf(match.route), match };
    const verbs = table.routesAt(path).flatMap(verbsOf);
    if (verbs.length === 0) return undefined;
    return { key: verb === 'OPTIONS' ? 'options' : 'verb', allow: allowHeader(verbs) };
  } catch (error) {
    if (error instanceof PathError) return malformed(400, 'url.malformed');
    throw error;
  }
}

function findMatch(
  table: RouteTable<ContractRoute>,
  verb: string,
  path: string,
): RouteMatch<ContractRoute> | undefined {
  // A rule for every verb does not answer what verbs there are.
  if (verb === 'OPTIONS') return undefined;
  const match = table.find(verb, path);
  if (match || verb !== 'HEAD') return match;
  const got = table.find('GET', path);
  return got && verbsOf(got.route).includes('HEAD') ? got : undefined;
}

function malformed(status: number, reason: string): Outcome {
  return { key: 'malformed', error: new HttpError(status, 'INVALID_ARGUMENT', reason) };
}

function formOf(route: ContractRoute): BodyForm {
  if (route.kind === 'client_streaming') return takesHttpBody(route) ? 'chunks' : 'lines';
  return takesHttpBody(route) ? 'raw' : 'json';
}

function isTooLong(path: string): boolean {
  return path.length > MAX_SEGMENT_LENGTH && path.split('/').some(({ length }) => length > MAX_SEGMENT_LENGTH);
}

function variant(scope: FastifyInstance, contract: Outcome['key']) {
  const method = scope.supportedMethods.filter((verb) => verb !== 'OPTIONS') as HTTPMethods[];
  return { method, url: '/*', constraints: { contract }, exposeHeadRoute: false };
}

function createStorage() {
  const handlers = new Map<string, unknown>();
  return {
    get: (key: string) => handlers.get(key) ?? null,
    set: (key: string, handler: unknown) => void handlers.set(key, handler),
  };
}
