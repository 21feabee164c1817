import type { Message } from '@bufbuild/protobuf';
import { messageToJson } from '../../kit/json/json';
import type { Binding } from '../routing/bindings';

/** Makes the JSON of replies: of all of one, or of the field that `response_body` names. */
export function createReplyJson({ method: { output }, responseBody }: Binding): (reply: Message) => unknown {
  if (!responseBody) return (reply) => messageToJson(output, reply);
  // A message that is not set has no JSON.
  return (reply) => (messageToJson(output, reply) as Record<string, unknown>)[responseBody.jsonName] ?? null;
}
