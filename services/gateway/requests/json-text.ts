import { type Json, parseJson } from '../../kit/json/json-numbers';
import { HttpError } from '../problems/http-error';

/**
 * Reads the JSON of a body; an empty body counts as absent.
 *
 * @throws HttpError 400 for what is not JSON in UTF-8
 */
export function parseBody(bytes: Uint8Array): Json | undefined {
  if (bytes.length === 0) return undefined;
  try {
    return parseJson(bytes);
  } catch {
    throw new HttpError(400, 'INVALID_ARGUMENT', 'body.not-json');
  }
}
