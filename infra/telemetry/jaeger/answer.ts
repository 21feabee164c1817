/** What the query API answers. */
export interface Answer {
  status: number;
  /** JSON, unless {@link type} says otherwise. */
  body: unknown;
  type?: string;
}

/** A query that cannot be answered as it is. */
export class QueryError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A query for what is not there, or that does not read. */
export type QueryRoute = (query: URLSearchParams, path: readonly string[]) => Answer;

/** Reads a parameter where there is one. @throws QueryError 400 in the words that `refusal` makes of the reader's */
export function readParameter<T>(
  text: string | null,
  read: (text: string) => T,
  refusal: (words: string) => string,
): T | undefined {
  return text ? readText(text, read, refusal) : undefined;
}

/** Reads a text, which may be empty. @throws QueryError as {@link readParameter} does */
export function readText<T>(text: string, read: (text: string) => T, refusal: (words: string) => string): T {
  try {
    return read(text);
  } catch (error) {
    throw new QueryError(400, refusal((error as Error).message));
  }
}
