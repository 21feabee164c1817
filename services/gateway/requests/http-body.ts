import type { DescField, DescMessage, Message } from '@bufbuild/protobuf';
import type { Binding } from '../routing/bindings';

/**
 * A body of any type, as it is sent.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/api/httpbody.proto
 */
export class HttpBody {
  constructor(
    readonly contentType: string,
    readonly data: Uint8Array,
  ) {}
}

/** True for a body that was not parsed. */
export function isHttpBody(body: unknown): body is HttpBody {
  return body instanceof HttpBody;
}

/** True where the body of requests is a google.api.HttpBody: it is not JSON, and may have any type. */
export function takesHttpBody({ method: { input }, body }: Pick<Binding, 'method' | 'body'>): boolean {
  return isHttpBodyType(partOf(input, body));
}

/** True where the body of replies is a google.api.HttpBody. */
export function sendsHttpBody({
  method: { output },
  responseBody,
}: Pick<Binding, 'method'> & Partial<Pick<Binding, 'responseBody'>>): boolean {
  return isHttpBodyType(partOf(output, responseBody?.name ?? '*'));
}

/** The message that a body is: all of it, or the one in a field. */
function partOf(message: DescMessage, place: string | undefined): DescMessage | undefined {
  if (place === '*') return message;
  const field = message.fields.find(({ name }) => name === place);
  return field?.fieldKind === 'message' ? field.message : undefined;
}

function isHttpBodyType(message: DescMessage | undefined): boolean {
  return message?.typeName === 'google.api.HttpBody';
}

/** The google.api.HttpBody that a reply is or has. */
export function httpBodyOf(reply: Message, field: DescField | undefined): HttpBody {
  const members = reply as unknown as Record<string, Message | undefined>;
  const body = (field ? members[field.localName] : reply) as Partial<HttpBody> | undefined;
  return new HttpBody(body?.contentType || 'application/octet-stream', body?.data ?? new Uint8Array());
}
