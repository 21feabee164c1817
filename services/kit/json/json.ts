import {
  type DescMessage,
  fromJson,
  type JsonValue,
  type MessageShape,
  type Registry,
  toJson,
} from '@bufbuild/protobuf';
import { registryOf } from '../../../proto/definition';
import { jsonFaults } from './json-faults';
import { type Json, parseJson } from './json-numbers';
import { jsonByType } from './json-types';
import { invalidRequest } from '../errors/status-error';

/**
 * Reads a message from JSON text, without losing digits of large numbers.
 *
 * @throws StatusError INVALID_ARGUMENT with a violation for each field that is wrong, 20 at most
 * @throws Error for what is not JSON in UTF-8
 * @see https://protobuf.dev/programming-guides/json/
 */
export function messageFromJsonText<Desc extends DescMessage>(
  descriptor: Desc,
  text: string | Uint8Array,
): MessageShape<Desc> {
  return messageFromJson(descriptor, parseJson(text));
}

/**
 * Reads a message from JSON that {@link parseJson} has parsed.
 *
 * @param registry the types that a google.protobuf.Any can hold; those of the message's file and its imports by default
 * @throws StatusError INVALID_ARGUMENT with a violation for each field that is wrong, 20 at most
 */
export function messageFromJson<Desc extends DescMessage>(
  descriptor: Desc,
  json: Json,
  registry: Registry = registryOf(descriptor.file),
): MessageShape<Desc> {
  const read = (message: DescMessage, part: Json) =>
    fromJson(message, jsonByType(message, part, registry), { registry });
  try {
    return read(descriptor, json) as MessageShape<Desc>;
  } catch {
    // What protobuf-es says has no path.
    throw invalidRequest(jsonFaults(descriptor, json, read));
  }
}

/**
 * A message as canonical JSON: names in lowerCamelCase, 64-bit numbers as text, and fields that are not set as well.
 *
 * @param registry as for {@link messageFromJson}
 * @throws Error for a google.protobuf.Any that holds another type
 */
export function messageToJson<Desc extends DescMessage>(
  descriptor: Desc,
  message: MessageShape<Desc>,
  registry: Registry = registryOf(descriptor.file),
): JsonValue {
  return toJson(descriptor, message, { registry, alwaysEmitImplicit: true });
}

/** {@link messageToJson} as text. */
export function messageToJsonText<Desc extends DescMessage>(descriptor: Desc, message: MessageShape<Desc>): string {
  return JSON.stringify(messageToJson(descriptor, message));
}
