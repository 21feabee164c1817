import type { PathTemplate, TemplateSegment } from './path-template';
import { matchTemplate, parseRequestPath, type PathValue, type RequestPath } from './request-path';

/** The requests of a route. */
export interface HttpRoute {
  /** An HTTP method, or `*` for all that have no route of their own. */
  readonly verb: string;
  readonly template: PathTemplate;
}

/** A route that takes a request, and the fields that the path sets. */
export interface RouteMatch<Route> {
  readonly route: Route;
  readonly values: readonly PathValue[];
}

/** Finds routes by paths as they were sent: undecoded, without a query. */
export interface RouteTable<Route> {
  /** @throws PathError for wrong escapes */
  find(verb: string, path: string): RouteMatch<Route> | undefined;
  /** Every route at this path, whatever its verb, in the order that the table was given. @throws PathError */
  routesAt(path: string): Route[];
}

/**
 * A table in which the most specific route wins, whatever the order of the rules: a route with a `:verb` before one
 * without; then, segment by segment from the left, literal text before `*` before `**`; then a named HTTP method before
 * `*`. Envoy orders its routes the same way.
 *
 * A path that ends with the `:verb` of a route belongs to routes with that verb, also under other HTTP methods; an id
 * that ends like this has to escape its colon.
 */
export function createRouteTable<Route extends HttpRoute>(routes: readonly Route[]): RouteTable<Route> {
  const sorted = routes.toSorted(compareRoutes);
  return {
    find: (verb, path) => {
      const parts = parseRequestPath(path);
      return parts && findRoute(sorted, verb, parts);
    },
    routesAt: (path) => {
      const parts = parseRequestPath(path);
      const found = parts ? routes.filter(({ template }) => matchTemplate(template, parts)) : [];
      const most = Math.max(...found.map(({ template }) => colons(template)));
      return found.filter(({ template }) => colons(template) === most);
    },
  };
}

function findRoute<Route extends HttpRoute>(
  sorted: readonly Route[],
  verb: string,
  path: RequestPath,
): RouteMatch<Route> | undefined {
  let claimed = 0;
  for (const route of sorted) {
    const { template } = route;
    if (colons(template) < claimed) return undefined;
    const fits = route.verb === verb || route.verb === '*';
    if (!fits && template.verb === undefined) continue;
    const values = matchTemplate(template, path);
    if (values && fits) return { route, values };
    if (values) claimed = colons(template);
  }
  return undefined;
}

/** Routes with the same shape take the same requests; names of fields do not matter. */
export function shapeOf({ verb, template }: HttpRoute): string {
  const path = template.segments.map((each) =>
    typeof each === 'string' ? each : `=${encodeURIComponent(each.literal)}`,
  );
  const suffix = template.verb === undefined ? '' : `:${encodeURIComponent(template.verb)}`;
  return `${verb} /${path.join('/')}${suffix}`;
}

/** Orders routes from the most specific to the least, as {@link createRouteTable} says. */
export function compareRoutes(a: HttpRoute, b: HttpRoute): number {
  const verbs = colons(b.template) - colons(a.template);
  if (verbs !== 0) return verbs;
  const length = Math.max(a.template.segments.length, b.template.segments.length);
  for (let index = 0; index < length; index++) {
    const order = compareSegments(a.template.segments[index], b.template.segments[index]);
    if (order !== 0) return order;
  }
  return Number(a.verb === '*') - Number(b.verb === '*');
}

/** 0 without a verb; a verb with colons of its own is more specific than its last part. */
function colons({ verb }: PathTemplate): number {
  return verb === undefined ? 0 : verb.split(':').length;
}

function compareSegments(a: TemplateSegment | undefined, b: TemplateSegment | undefined): number {
  const order = rank(a) - rank(b);
  if (order !== 0 || typeof a !== 'object' || typeof b !== 'object' || a.literal === b.literal) return order;
  return a.literal < b.literal ? -1 : 1;
}

/** The end of a template comes before `**`, which matches nothing as well. */
function rank(segment: TemplateSegment | undefined): number {
  if (segment === undefined) return 2;
  if (segment === '*') return 1;
  return segment === '**' ? 3 : 0;
}
