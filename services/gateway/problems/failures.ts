import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { StatusError } from '../../kit/errors/status-error';
import { HttpError, httpErrorOf, httpErrorOfParser } from './http-error';
import type { Problem, TellProblem } from './problem';

/** Turns thrown values into problems without internals. */
export interface Failures {
  /** Also logs unexpected failures. */
  problemOf(thrown: unknown, request: Pick<FastifyRequest, 'id' | 'headers'>): Problem;
  /** Answers with the problem. */
  send(reply: FastifyReply, thrown: unknown): FastifyReply;
  /** The raw HTTP answer to bytes that Node's parser cannot read. */
  rawAnswer(code: string | undefined): RawAnswer;
}

/** An answer without a request. */
export interface RawAnswer {
  readonly text: string;
  readonly problem: Problem;
}

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
export function createFailures(tell: TellProblem, log: Logger): Failures {
  const problemOf: Failures['problemOf'] = (thrown, { id, headers }) => {
    const error = statusErrorOf(thrown);
    const problem = tell(error, { requestId: id, acceptLanguage: acceptLanguageOf(headers) }, statusOf(error));
    if (problem.status >= 500 || error.hint !== undefined) logFault(log, thrown, id);
    return problem;
  };
  return {
    problemOf,
    send: (reply, thrown) => {
      const problem = problemOf(thrown, reply.request);
      return reply.code(problem.status).headers(headersOf(problem)).send(problem);
    },
    rawAnswer: (code) => {
      const error = httpErrorOfParser(code);
      const problem = tell(error, { requestId: randomUUID(), acceptLanguage: '' }, error.status);
      return { text: rawText(problem), problem };
    },
  };
}

/** A service logs its own failures. Only the caller knows why a call did not reach it. */
function logFault(log: Logger, thrown: unknown, requestId: string): void {
  if (!(thrown instanceof StatusError)) log.error({ err: thrown, requestId }, 'request failed');
  else if (thrown.details.domain === undefined && thrown.cause instanceof Error)
    log.warn({ requestId, reason: thrown.reason, hint: thrown.hint, cause: thrown.cause.message }, 'call failed');
}

function statusErrorOf(thrown: unknown): StatusError {
  if (thrown instanceof StatusError) return thrown;
  const refused = typeof thrown === 'object' && thrown !== null ? httpErrorOf(thrown) : undefined;
  return refused ?? new StatusError('INTERNAL', 'internal', {}, { cause: thrown });
}

function statusOf(error: StatusError): number | undefined {
  return error instanceof HttpError ? error.status : undefined;
}

function acceptLanguageOf(headers: IncomingHttpHeaders): string {
  return headers['accept-language'] ?? '';
}

function headersOf({ localized, retryAfter }: Problem): Record<string, string> {
  return {
    'content-type': 'application/problem+json',
    'content-language': localized.locale,
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  };
}

function rawText(problem: Problem): string {
  const body = JSON.stringify(problem);
  const headers = {
    ...headersOf(problem),
    'x-request-id': problem.requestId,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`;
}
