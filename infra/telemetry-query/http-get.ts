/** An answer over HTTP. */
export interface HttpAnswer {
  status: number;
  text: string;
}

/** Where a question goes. */
export interface Endpoint {
  /** What answers there, for messages: `Jaeger`. */
  what: string;
  /** The base address, without the path of any question. */
  url: string;
}

const TIMEOUT_MS = 10_000;

/**
 * The base address that a person gave.
 *
 * @throws Error for what is not an address of HTTP
 */
export function endpointOf(what: string, given: string): Endpoint {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error(`"${given}" is not an address of ${what}; write http://host:port`);
  return { what, url: given.replace(/[/?#]+$/, '') };
}

/**
 * Asks a question by GET.
 *
 * @param path of the question, below the base address
 * @throws Error that says why nothing answers
 */
export async function httpGet({ what, url }: Endpoint, path: string, query?: URLSearchParams): Promise<HttpAnswer> {
  try {
    const address = `${url}${path}${query ? `?${query.toString()}` : ''}`;
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new Error(`${what} does not answer at ${url}: ${reasonOf(error as Error)}; is it running there?`, {
      cause: error,
    });
  }
}

/** @throws Error when the answer is not JSON, as from a server that is another */
export function parseAnswer({ what, url }: Endpoint, { status, text }: HttpAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`what answers at ${url} is not ${what}: HTTP ${status} without JSON`, { cause: error });
  }
}

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `nothing within ${TIMEOUT_MS / 1000} s`;
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code ?? message;
}
