import { createServer, type Server, type ServerResponse } from 'node:http';
import { EXPOSITION_TYPE, exposition } from '../metrics/exposition';
import type { LoadTelemetry, Telemetry } from '../telemetry';
import { type Answer, QueryError, type QueryRoute } from './answer';

/** Routes by path; `*` matches one segment. */
type Routes = Record<string, QueryRoute>;

interface Api {
  routes: Routes;
  error(error: QueryError): Answer;
}

/**
 * Serves both versions of Jaeger's query API, and `/metrics` for Prometheus. The code that reads traces is loaded with
 * the first query.
 *
 * @param now the time, in milliseconds since 1970
 */
export function createQueryServer(load: LoadTelemetry, now: () => number): Server {
  return createServer((request, response) => {
    const [path, search] = splitOnce(request.url ?? '', '?');
    if (!['GET', 'HEAD'].includes(request.method ?? '')) {
      respond(response, text(405, `${request.method} is not allowed; use GET`));
      return;
    }
    load()
      .then((telemetry) => (path === '/metrics' ? metrics(telemetry) : query(telemetry, now, path, search)))
      .catch((error: Error) => text(500, error.message))
      .then(
        (each) => respond(response, each),
        () => response.destroy(),
      );
  });
}

function metrics(telemetry: Telemetry): Answer {
  return { status: 200, body: exposition(telemetry.families()), type: EXPOSITION_TYPE };
}

async function query(telemetry: Telemetry, now: () => number, path: string, search: string): Promise<Answer> {
  return answer(await loadApi(path, telemetry, now), path, new URLSearchParams(search));
}

async function loadApi(path: string, { traces }: Telemetry, now: () => number): Promise<Api> {
  const { v3Error, v3Routes } = await import('./v3');
  if (path.startsWith('/api/v3/')) return { routes: v3Routes(traces), error: v3Error };
  const { legacyError, legacyRoutes } = await import('./legacy');
  return { routes: legacyRoutes(traces, now), error: legacyError };
}

function answer({ routes, error }: Api, path: string, query: URLSearchParams): Answer {
  try {
    for (const [pattern, route] of Object.entries(routes)) {
      const segments = match(pattern, path);
      if (segments) return route(query, segments);
    }
  } catch (thrown) {
    return error(thrown instanceof QueryError ? thrown : new QueryError(500, (thrown as Error).message));
  }
  return text(
    404,
    `${path} not found. This is Jaeger's API without its web page; to see a trace: npx weft trace --last`,
  );
}

/** @returns the decoded segments for each `*`, or undefined if the path does not match */
function match(pattern: string, path: string): string[] | undefined {
  const [wanted, actual] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== actual.length) return undefined;
  const fits = wanted.every((each, index) => each === actual[index] || (each === '*' && actual[index] !== ''));
  return fits ? actual.filter((_, index) => wanted[index] === '*').map(decode) : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment.replaceAll('+', ' '));
  } catch {
    return segment;
  }
}

function splitOnce(whole: string, separator: string): [string, string] {
  const at = whole.indexOf(separator);
  return at < 0 ? [whole, ''] : [whole.slice(0, at), whole.slice(at + 1)];
}

function text(status: number, message: string): Answer {
  return { status, body: `${message}\n`, type: 'text/plain; charset=utf-8' };
}

function respond(response: ServerResponse, { status, body, type }: Answer): void {
  const bytes = Buffer.from(typeof body === 'string' && type ? body : JSON.stringify(body));
  response.writeHead(status, { 'content-type': type ?? 'application/json', 'content-length': bytes.length }).end(bytes);
}
