import type { IncomingMessage } from 'node:http';
import type { Message } from '@bufbuild/protobuf';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { invalidRequest, StatusError } from '../../kit/errors/status-error';
import { createValidate, type Validate } from '../../kit/protocol/validation';
import type { Binding } from '../routing/bindings';
import { type Closing, closingError } from '../routing/closing';
import { contextOf } from './context';
import { HttpBody, sendsHttpBody, takesHttpBody } from './http-body';
import { parseBody } from './json-text';
import { negotiate } from './negotiation';
import { requestMessage } from './request-message';
import { type BoundMethod, partsOf, sendReply } from '../routing/routes';
import { tooLargeError } from './too-large';
import { readLines, type UploadLine } from './upload-lines';

/** As much as a whole body of another route. */
const MAX_LINE_BYTES = 1024 * 1024;

/** How long what is still sent after the answer is read and thrown away, in milliseconds. */
const LINGER_MS = 5_000;

/**
 * Answers a method that takes a stream: an upload of JSON lines (`application/x-ndjson`), a message each. Query and path
 * set their fields in every message. An upload as a whole may be of any size; one line may not.
 *
 * Fields that are wrong are named by the line: `lines[3].document.content` is of the third line of the upload, blank
 * ones counted too. Lines before it may have been taken by then.
 *
 * Where the body is a google.api.HttpBody, an upload may be anything, and each chunk that comes is a message.
 */
export function uploadHandler(method: BoundMethod): RouteHandlerMethod {
  const { binding, call, closing, toJson } = method;
  // The service would find the same faults, but knows of no lines.
  const validate = createValidate(binding.method.input);
  const messagesOf = takesHttpBody(binding) ? chunksOf : linesOf;
  return async (request, reply) => {
    if (!sendsHttpBody(binding)) negotiate(request, ['application/json']);
    const context = contextOf(request, reply);
    linger(request, reply);
    const answer = call(messagesOf(request, binding, validate) as never, context) as Promise<Message>;
    const message = await unlessClosing(answer, closing).catch((error: unknown) => {
      throw tooLargeError(error);
    });
    return sendReply(reply, binding, message, toJson);
  };
}

/** The body is read by whoever calls, as it comes. */
export function addUploadParser(scope: FastifyInstance, contentType: string): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(contentType, async (_: FastifyRequest, body: IncomingMessage) => body);
}

async function* linesOf(request: FastifyRequest, binding: Binding, validate: Validate | undefined) {
  const parts = partsOf(request);
  // No body at all is an upload of nothing.
  for await (const line of readLines((request.body ?? request.raw) as IncomingMessage, MAX_LINE_BYTES)) {
    yield onLine(line, () => {
      const message = requestMessage(binding, { ...parts, body: parseBody(line.bytes) });
      const violations = validate?.(message) ?? [];
      if (violations.length > 0) throw invalidRequest(violations);
      return message;
    });
  }
}

async function* chunksOf(request: FastifyRequest, binding: Binding) {
  const parts = partsOf(request);
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  for await (const chunk of (request.body ?? request.raw) as IncomingMessage)
    yield requestMessage(binding, { ...parts, body: new HttpBody(type, chunk as Buffer) });
}

/** @throws StatusError whose fields begin with the line */
function onLine<T>({ number }: UploadLine, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const at = `lines[${number}]`;
    const { violations = [] } = error.details;
    if (violations.length === 0) throw invalidRequest([{ field: at, description: 'must be JSON in UTF-8' }]);
    throw invalidRequest(violations.map(({ field, description }) => ({ field: `${at}.${field}`, description })));
  }
}

function unlessClosing<T>(work: Promise<T>, closing: Closing): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = closing.whenEnding(() => reject(closingError()));
    work.then(resolve, reject).finally(forget);
  });
}

/**
 * Where the answer comes before the end of the upload, because it is one that failed, the rest has to be read for
 * the client to read the answer; but not for ever.
 */
function linger({ raw }: FastifyRequest, reply: FastifyReply): void {
  const { socket } = raw;
  reply.raw.once('finish', () => {
    if (raw.complete) return;
    raw.resume();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    const stop = (): void => clearTimeout(timer);
    raw.once('close', stop);
    // Node forgets a request once it is answered, and does not tell it of the end of its connection.
    socket.once('close', stop);
  });
}
