/** One parameter of a path. */
export interface PathParameter {
  readonly name: string;
  /** The field that it sets or is a part of, in the contract's names; undefined for a wildcard that sets nothing. */
  readonly field: string | undefined;
  /** Where the parameter is only a part of the field, or may be more than a segment: what the contract says. */
  readonly pattern: string | undefined;
}

/** A path of google.api.http as OpenAPI writes it. */
export interface OpenApiPath {
  readonly path: string;
  readonly parameters: readonly PathParameter[];
}

/**
 * Writes a path template for OpenAPI, where a parameter is always one whole segment or a part of one: of
 * `/v1/{name=shelves/*}` comes `/v1/shelves/{name}`, and of a pattern with several wildcards a parameter for each,
 * `name_1` and `name_2`. So a client that escapes the values sends what the route matches.
 *
 * @param template that Weft routes
 * @see https://spec.openapis.org/oas/v3.1.1.html#path-templating
 */
export function openApiPath(template: string): OpenApiPath {
  const parameters: PathParameter[] = [];
  const add = (parameter: PathParameter): string => {
    parameters.push(parameter);
    return `{${parameter.name}}`;
  };
  let wildcards = 0;
  const path = template.replace(VARIABLE, (match, field: string | undefined, pattern?: string) => {
    if (field !== undefined) return expand(field, pattern ?? '*', add);
    wildcards += 1;
    return add({ name: `wildcard_${wildcards}`, field: undefined, pattern: match });
  });
  return { path, parameters };
}

/** `{field}` or `{field=pattern}`, or a wildcard that is a whole segment. */
const VARIABLE = /\{([\w.]+)(?:=([^}]*))?\}|(?<=\/)\*\*?(?=[/:]|$)/g;

function expand(field: string, pattern: string, add: (parameter: PathParameter) => string): string {
  const segments = pattern.split('/');
  const isWhole = pattern === '*';
  const isAlone = segments.filter(isWildcard).length === 1;
  let count = 0;
  const written = segments.map((segment) => {
    if (!isWildcard(segment)) return segment;
    count += 1;
    const name = isAlone ? field : `${field}_${count}`;
    return add({ name, field, pattern: isWhole ? undefined : pattern });
  });
  return written.join('/');
}

function isWildcard(segment: string): boolean {
  return segment === '*' || segment === '**';
}
