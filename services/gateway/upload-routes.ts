import type { IncomingMessage } from 'node:http';
import type { Message } from '@bufbuild/protobuf';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { invalidRequest, StatusError } from '../kit/status-error';
import { createValidate, type Validate } from '../kit/validation';
import { type Closing, closingError } from './closing';
import { contextOf } from './context';
import { parseJson } from './json-text';
import { negotiate } from './negotiation';
import { requestJson } from './request-json';
import { type BoundMethod, partsOf } from './routes';
import { readLines, type UploadLine } from './upload-lines';

/** As much as a whole body of another route. */
const MAX_LINE_BYTES = 1024 * 1024;

/** How long what is still sent after the answer is read and thrown away, in milliseconds. */
const LINGER_MS = 5_000;

/**
 * The routes of methods that take a stream: an upload of JSON lines (`application/x-ndjson`), a message each. Query
 * and path set their fields in every message. An upload as a whole may be of any size; one line may not.
 *
 * Fields that are wrong are named by the line: `lines[3].document.content` is of the third line of the upload, blank
 * ones counted too. Lines before it may have been taken by then.
 */
export function addUploadRoutes(methods: readonly BoundMethod[]): FastifyPluginAsync {
  return async (scope: FastifyInstance) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/x-ndjson', async (_: FastifyRequest, body: IncomingMessage) => body);
    for (const method of methods) {
      const { verb, url } = method.binding;
      // The service would find the same faults, but knows of no lines.
      const validate = await createValidate(method.request.descriptor);
      scope.route({ method: verb, url, handler: uploadHandler(method, validate) });
    }
  };
}

function uploadHandler(method: BoundMethod, validate: Validate | undefined): RouteHandlerMethod {
  return async (request, reply) => {
    negotiate(request, ['application/json']);
    const context = contextOf(request, reply);
    linger(request, reply);
    const answer = method.call(messagesOf(request, method, validate) as never, context) as Promise<Message>;
    const message = await unlessClosing(answer, method.closing);
    return reply.type('application/json').send(JSON.stringify(method.reply.toJson(message)));
  };
}

async function* messagesOf(request: FastifyRequest, bound: BoundMethod, validate: Validate | undefined) {
  const { binding, request: input } = bound;
  const { params, query } = partsOf(request);
  // No body at all is an upload of nothing.
  for await (const line of readLines((request.body ?? request.raw) as IncomingMessage, MAX_LINE_BYTES)) {
    yield onLine(line, () => {
      const json = requestJson(input.descriptor, binding, { params, query, body: parseJson(line.bytes) });
      const message = input.fromJson(json);
      const violations = validate?.(message) ?? [];
      if (violations.length > 0) throw invalidRequest(violations);
      return message;
    });
  }
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
