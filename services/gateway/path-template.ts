/** A path of google.api.http as a router wants it. */
export interface RoutePath {
  /** In the syntax of find-my-way, Fastify's router. */
  url: string;
  /** The fields that the path sets, as they are named in it. */
  fields: string[];
}

/**
 * Reads a path template.
 *
 * @param template for example `/v1/users/{user_id}` or `/v1/users:search`
 * @throws Error for what Weft does not route: patterns over several segments, nested fields
 * @see https://cloud.google.com/endpoints/docs/grpc-service-config/reference/rpc/google.api#path-template-syntax
 */
export function parsePathTemplate(template: string): RoutePath {
  if (!template.startsWith('/')) throw unroutable(template);
  const fields: string[] = [];
  const segments = template.split('/').slice(1);
  const urls = segments.map((segment) => {
    const [, field, verb] = /^\{(\w+)(?:=\*)?\}(?::([\w.-]+))?$/.exec(segment) ?? [];
    if (field === undefined) return literal(template, segment);
    fields.push(field);
    // Without the pattern the parameter would take the verb as well.
    return verb === undefined ? `:${field}` : `:${field}([^/:]+)::${verb}`;
  });
  return { url: `/${urls.join('/')}`, fields };
}

function literal(template: string, segment: string): string {
  if (!/^[\w.~:-]+$/.test(segment)) throw unroutable(template);
  // A colon begins a parameter, and two are one colon.
  return segment.replaceAll(':', '::');
}

function unroutable(template: string): Error {
  return new Error(
    `the path "${template}" cannot be routed: write literal segments and {field}, and a :verb at the end; ` +
      'patterns over several segments and nested fields are not supported',
  );
}
