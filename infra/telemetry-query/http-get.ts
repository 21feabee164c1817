/** An HTTP response. */
export interface HttpAnswer {
  status: number;
  text: string;
}

/** A server to query. */
export interface Endpoint {
  /** Its name in messages: `Jaeger`. */
  name: string;
  /** The base URL. */
  url: string;
}

const TIMEOUT_MS = 10_000;

/**
 * Makes an endpoint of a URL from the command line.
 *
 * @throws Error for anything but an HTTP URL
 */
export function endpointOf(name: string, given: string): Endpoint {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error(`"${given}" is not a URL of ${name}; write http://host:port`);
  return { name, url: given.replace(/[/?#]+$/, '') };
}

/**
 * Sends a GET request.
 *
 * @param path below the base URL
 * @throws Error that says why nothing answers
 */
export async function httpGet({ name, url }: Endpoint, path: string, query?: URLSearchParams): Promise<HttpAnswer> {
  try {
    const address = `${url}${path}${query ? `?${query.toString()}` : ''}`;
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new Error(`${name} does not answer at ${url}: ${reasonOf(error as Error)}; is it running there?`, {
      cause: error,
    });
  }
}

/** @throws Error if the response is not JSON: another server listens there */
export function parseAnswer({ name, url }: Endpoint, { status, text }: HttpAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the server at ${url} is not ${name}: HTTP ${status} without JSON`, { cause: error });
  }
}

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `no response within ${TIMEOUT_MS / 1000} s`;
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code ?? message;
}
