import type { EventEmitter } from 'node:events';
import { type ServiceError, status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { callerOf, IncomingCall, type ServerCall, traceIdOf } from './call';
import type { LogCall } from './call-log';
import type { Localize } from './messages';
import { toServiceError } from './status-details';
import { StatusError } from './status-error';

/** What all calls of a server share. */
export interface AnswerOptions {
  /** The service's name. */
  readonly service: string;
  readonly log: Logger;
  readonly logCall: LogCall;
  readonly localize: Localize;
  /** How many calls may be under way; more are refused, not queued. */
  readonly maxConcurrentCalls: number;
  /** Knows exceptions of libraries that mean something to a caller. */
  readonly translate: (error: unknown) => StatusError | undefined;
}

/** How much was said in a call, in bytes of messages. */
export interface Traffic {
  bytesIn: number;
  bytesOut: number;
}

/** Does what a call asks for. It ends by what it returns or throws, or because nobody waits any more. */
export type Work = (call: IncomingCall, traffic: Traffic) => Promise<void> | void;

/** Sends an error, which ends a call. */
export type Fail = (error: Partial<ServiceError>) => void;

/** All the calls of a server. */
export interface Answers {
  /** Around every call: its context, the limit of calls, the log, and the way errors become statuses. */
  answer(server: ServerCall, work: Work, fail: Fail): void;
  /** Ends every call that is under way. @param error what their callers get */
  endAll(error: StatusError): void;
}

/**
 * How long the place of a call is kept whose caller has gone, in milliseconds. Handlers that run on cost as much as
 * before; one that waits for what never comes must not cost a place for ever.
 */
const KEPT_FOR_MS = 10_000;

export function createAnswers(options: AnswerOptions): Answers {
  const live = new Set<Life>();
  let places = options.maxConcurrentCalls;
  return {
    answer: (server, work, fail) => {
      const life = createLife(server, fail, options, () => live.delete(life));
      live.add(life);
      if (places === 0) {
        life.fail(tooManyCalls(options.maxConcurrentCalls));
        return;
      }
      places -= 1;
      let timer: NodeJS.Timeout | undefined;
      const leave = once(() => {
        places += 1;
        clearTimeout(timer);
        stopListening();
      });
      const stopListening = life.call.onAbort(() => (timer = setTimeout(leave, KEPT_FOR_MS).unref()));
      // A promise even when a handler throws at once.
      void Promise.resolve()
        .then(() => work(life.call, life.traffic))
        .then(life.succeed, life.fail)
        .then(leave);
    },
    endAll: (error) => {
      for (const life of [...live]) life.cut(error);
    },
  };
}

function tooManyCalls(limit: number): StatusError {
  const metadata = { limit: String(limit) };
  return new StatusError('RESOURCE_EXHAUSTED', 'server.too-many-calls', metadata, { retryAfterMs: 1_000 });
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}

/** One call, which ends exactly once: by its reply, its failure, its caller's leaving, or the end of the server. */
interface Life {
  readonly call: IncomingCall;
  readonly traffic: Traffic;
  succeed(): void;
  fail(thrown: unknown): void;
  /** Ends it from outside. */
  cut(error: StatusError): void;
}

function createLife(server: ServerCall, send: Fail, options: AnswerOptions, ended: () => void): Life {
  const call = new IncomingCall(server, options.log);
  const traffic: Traffic = { bytesIn: 0, bytesOut: 0 };
  const started = performance.now();
  let over = false;
  const end = (error?: StatusError, thrown?: unknown): void => {
    over = true;
    clearTimeout(timer);
    ended();
    // The answer first: whatever is wrong with the log, the caller has it.
    if (error && !server.cancelled) send(sendable(error, call, options));
    options.logCall(lineOf(call, error?.code ?? 'OK', started, traffic), thrown ?? error);
  };
  const giveUp = (error: StatusError): void => {
    if (!over) end(error);
    call.abort();
  };
  // grpc-js says `cancelled` after every reply too; what was begun for the call is of no more use then either.
  const leave = (): void => (over ? call.abort() : giveUp(abandoned(call)));
  (server as EventEmitter).once('cancelled', leave);
  const timer = timerOf(server, call, leave);
  return {
    call,
    traffic,
    succeed: () => (over ? undefined : end()),
    fail: (thrown) => {
      if (server.cancelled) leave();
      if (over) {
        logLate(call, thrown);
        return;
      }
      const error = statusOf(thrown, options.translate);
      end(error, error.code === 'INTERNAL' ? thrown : error);
      // What else the handler has begun is of no more use.
      call.abort();
    },
    cut: giveUp,
  };
}

/** grpc-js ends a call at its deadline, but a stream that its reader does not read only when the reader goes. */
function timerOf(server: ServerCall, { deadline }: IncomingCall, leave: () => void): NodeJS.Timeout | undefined {
  if (!deadline || !('write' in server)) return undefined;
  return setTimeout(leave, Math.min(deadline.getTime() - Date.now(), 2 ** 31 - 1));
}

/** What goes wrong when nobody waits any more: that it was given up is no fault, anything else is. */
function logLate(call: IncomingCall, thrown: unknown): void {
  const { name } = thrown instanceof Error ? thrown : { name: '' };
  if (thrown instanceof StatusError || name === 'AbortError') return;
  call.log.error({ err: thrown, method: call.path }, 'a handler failed after its call had ended');
}

function statusOf(thrown: unknown, translate: AnswerOptions['translate']): StatusError {
  if (!(thrown instanceof StatusError)) return meaningOf(thrown, translate) ?? new StatusError('INTERNAL', 'internal');
  if (thrown.reason !== 'callee.cancelled') return thrown;
  // It was a call of the handler's own that was given up; its caller is still here.
  return new StatusError('UNAVAILABLE', thrown.reason, thrown.metadata, { cause: thrown });
}

/** Whoever throws may throw anything, also what throws when it is looked at. */
function meaningOf(thrown: unknown, translate: AnswerOptions['translate']): StatusError | undefined {
  try {
    return translate(thrown);
  } catch {
    return undefined;
  }
}

/** Why nobody waits for the answer any more. */
export function abandoned({ deadline }: { readonly deadline: Date | undefined }): StatusError {
  if (deadline && deadline.getTime() <= Date.now()) return new StatusError('DEADLINE_EXCEEDED', 'call.too-late');
  return new StatusError('CANCELLED', 'call.cancelled');
}

/** An error that cannot even be told, for what code put into it against its type, still ends the call. */
function sendable(error: StatusError, call: IncomingCall, options: AnswerOptions): Partial<ServiceError> {
  try {
    const [accepted] = call.metadata.get('accept-language');
    const localized = options.localize(error, String(accepted ?? ''));
    return toServiceError(error, { domain: options.service, requestId: call.requestId, localized });
  } catch (err) {
    call.log.error({ err }, 'an error could not be sent');
    return { code: status.INTERNAL, details: 'internal' };
  }
}

function lineOf(call: IncomingCall, code: keyof typeof status, started: number, traffic: Traffic) {
  return {
    method: call.path,
    code,
    ms: Math.round((performance.now() - started) * 10) / 10,
    requestId: call.requestId,
    traceId: traceIdOf(call.metadata),
    caller: callerOf(call.metadata),
    ...traffic,
  };
}
