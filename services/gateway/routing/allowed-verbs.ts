import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Binding } from './bindings';
import { HttpError } from '../problems/http-error';

/** A route of the gateway's own. */
export interface OwnRoute {
  readonly url: string;
  readonly verbs: readonly HTTPMethods[];
}

/** The verbs that paths may have; a rule of the kind `*` has them all. */
export const VERBS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

/**
 * The verbs under which a binding is called: to know what a GET would say of itself, HEAD has to make the call. A
 * stream would be begun and thrown away.
 */
export function verbsOf({ verb, kind }: Pick<Binding, 'verb' | 'kind'>): readonly string[] {
  if (verb === '*') return VERBS;
  return verb === 'GET' && kind === 'unary' ? ['GET', 'HEAD'] : [verb];
}

/** The value of a path's `allow` header. */
export function allowHeader(verbs: readonly string[]): string {
  return [...new Set([...verbs, 'OPTIONS'])].join(', ');
}

/**
 * Answers other verbs at the gateway's own routes with 405, and OPTIONS with the supported ones: Fastify itself answers
 * 404.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-405-method-not-allowed
 */
export function addRefusals(app: FastifyInstance, routes: readonly OwnRoute[]): void {
  for (const { url, verbs } of routes) {
    const allow = allowHeader(verbs);
    app.options(url, (_, reply) => void reply.code(204).header('allow', allow).send());
    app.route({
      method: VERBS.filter((verb) => !verbs.includes(verb)),
      url,
      exposeHeadRoute: false,
      // Before the body is read, which may be of any type.
      onRequest: (request, reply, next) => next(verbRefusal(request, reply, allow)),
      handler: () => undefined,
    });
  }
}

/** The error for a verb that a path does not support. */
export function verbRefusal(request: FastifyRequest, reply: FastifyReply, allow: string): HttpError {
  void reply.header('allow', allow);
  return new HttpError(405, 'UNIMPLEMENTED', 'verb.not-allowed', verbAndPath(request));
}

/** Identifies the request in an error, without its query, which may hold secrets. */
export function verbAndPath({ method, url }: FastifyRequest): Record<string, string> {
  return { verb: method, path: url.split('?', 1)[0] ?? '' };
}
