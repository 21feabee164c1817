import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import { HttpError } from './http-error';

/** A route, as far as it matters which verbs it has. */
export interface RouteVerbs {
  readonly url: string;
  readonly verbs: readonly HTTPMethods[];
}

const VERBS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

/**
 * Answers what a path does not have with 405, and OPTIONS with what it has: Fastify by itself says 404.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-405-method-not-allowed
 */
export function addRefusals(app: FastifyInstance, routes: readonly RouteVerbs[]): void {
  const shapes = new Map<string, { url: string; verbs: Set<HTTPMethods> }>();
  for (const { url, verbs } of routes) {
    const shape = shapes.get(shapeOf(url)) ?? { url, verbs: new Set() };
    for (const verb of verbs) shape.verbs.add(verb);
    shapes.set(shapeOf(url), shape);
  }
  for (const { url, verbs } of shapes.values()) addRefusal(app, url, verbs);
}

function addRefusal(app: FastifyInstance, url: string, verbs: Set<HTTPMethods>): void {
  const allow = [...verbs, 'OPTIONS'].join(', ');
  app.options(url, (_, reply) => void reply.code(204).header('allow', allow).send());
  app.route({
    method: VERBS.filter((verb) => !verbs.has(verb)),
    url,
    exposeHeadRoute: false,
    // Before the body is read, which may be of any type.
    onRequest: (request, reply, next) => {
      void reply.header('allow', allow);
      next(new HttpError(405, 'UNIMPLEMENTED', 'verb.not-allowed', verbAndPath(request)));
    },
    handler: () => undefined,
  });
}

/** What names the request in a refusal; the query may hold secrets. */
export function verbAndPath({ method, url }: FastifyRequest): Record<string, string> {
  return { verb: method, path: url.split('?', 1)[0] ?? '' };
}

/** Parameters may have other names in another rule, and it is the same path. A pair of colons is one that is meant. */
function shapeOf(url: string): string {
  return url.replace(/(?<!:):(?!:)\w+/g, ':');
}
