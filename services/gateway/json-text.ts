import type { JsonValue } from '@bufbuild/protobuf';
import { parse } from 'secure-json-parse';
import { HttpError } from './http-error';

// Without `fatal`, bytes that are no UTF-8 would become other characters in silence.
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads JSON. Of a name that is there twice the last counts, as everywhere in JavaScript.
 *
 * @throws HttpError 400 for what is no JSON, no UTF-8, or meant for a prototype
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-8.1
 */
export function parseJson(bytes: Buffer): JsonValue {
  try {
    return parse(decoder.decode(bytes), null, { protoAction: 'error', constructorAction: 'error' }) as JsonValue;
  } catch {
    throw new HttpError(400, 'INVALID_ARGUMENT', 'body.not-json');
  }
}
