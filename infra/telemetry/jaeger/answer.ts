/** An answer of the query API. */
export interface Answer {
  status: number;
  /** JSON, unless {@link type} is set. */
  body: unknown;
  type?: string;
}

/** A query that is refused with a status. */
export class QueryError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A route of the query API. @throws QueryError for a malformed query or a missing result */
export type QueryRoute = (query: URLSearchParams, path: readonly string[]) => Answer;

/** Reads a parameter if it is set. @throws QueryError 400 with the text that `refusal` makes of the reader's error */
export function readParameter<T>(
  text: string | null,
  read: (text: string) => T,
  refusal: (words: string) => string,
): T | undefined {
  return text ? readText(text, read, refusal) : undefined;
}

/** Reads a text, which may be empty. @throws QueryError like {@link readParameter} */
export function readText<T>(text: string, read: (text: string) => T, refusal: (words: string) => string): T {
  try {
    return read(text);
  } catch (error) {
    throw new QueryError(400, refusal((error as Error).message));
  }
}
