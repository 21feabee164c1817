import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { HttpError } from '../problems/http-error';

/**
 * The form of an answer that the client likes best.
 *
 * @param available media types, the default first
 * @throws HttpError 406 where the client accepts none of them
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-accept
 */
export function negotiate<T extends string>({ headers }: FastifyRequest, available: readonly [T, ...T[]]): T {
  // What most clients say, or mean.
  if (headers.accept === undefined || headers.accept === '*/*') return available[0];
  const [best] = new Negotiator({ headers: { accept: headers.accept } }).mediaTypes([...available]);
  if (best !== undefined) return best as T;
  const metadata = { available: available.join(', ') };
  throw new HttpError(406, 'INVALID_ARGUMENT', 'answer.not-acceptable', metadata);
}

/** @returns HttpError 415 for a compressed body */
export function refuseEncoded({ headers }: FastifyRequest): HttpError | undefined {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return undefined;
  return new HttpError(415, 'INVALID_ARGUMENT', 'encoding.unsupported', { encoding });
}
