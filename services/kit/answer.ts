import { type ServiceError, status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { type Call, callerOf, createCall, type ServerCall, traceIdOf } from './call';
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

/** Does the work of one call; its outcome is logged and, where it failed, sent. */
export type Answer = (
  server: ServerCall,
  work: (call: Call, traffic: Traffic) => Promise<void> | void,
  fail: (error: Partial<ServiceError>) => void,
) => void;

/** Around every call: its context, the limit of calls, the log, and the way errors become statuses. */
export function createAnswer(options: AnswerOptions): Answer {
  const { service, log, logCall, localize, maxConcurrentCalls, translate } = options;
  let underWay = 0;
  return (server, work, fail) => {
    const call = createCall(server, log);
    const traffic: Traffic = { bytesIn: 0, bytesOut: 0 };
    const started = performance.now();
    const finish = (code: keyof typeof status, error?: unknown): void => {
      underWay -= 1;
      logCall(lineOf(call, code, started, traffic), error);
    };
    const failed = (thrown: unknown): void => {
      const error = outcomeOf(thrown, server, call, translate);
      finish(error.code, error.code === 'INTERNAL' ? thrown : error);
      fail(sendable(() => toServiceError(error, originOf(error, call, service, localize)), call));
    };
    underWay += 1;
    if (underWay > maxConcurrentCalls) {
      failed(tooManyCalls(maxConcurrentCalls));
      return;
    }
    // A promise even when a handler throws at once.
    void Promise.resolve()
      .then(() => work(call, traffic))
      .then(() => finish('OK'), failed);
  };
}

/** An error that cannot even be told, for what code put into it against its type, still ends the call. */
function sendable(make: () => Partial<ServiceError>, { log }: Call): Partial<ServiceError> {
  try {
    return make();
  } catch (err) {
    log.error({ err }, 'an error could not be sent');
    return { code: status.INTERNAL, details: 'internal' };
  }
}

function tooManyCalls(limit: number): StatusError {
  const metadata = { limit: String(limit) };
  return new StatusError('RESOURCE_EXHAUSTED', 'server.too-many-calls', metadata, { retryAfterMs: 1_000 });
}

/** Whatever a handler throws because its caller has gone, that the caller has gone is what happened. */
function outcomeOf(
  thrown: unknown,
  server: ServerCall,
  call: Call,
  translate: AnswerOptions['translate'],
): StatusError {
  if (server.cancelled) return abandoned(call);
  if (thrown instanceof StatusError) return thrown;
  return translate(thrown) ?? new StatusError('INTERNAL', 'internal', {}, { requestId: call.requestId });
}

/** Why nobody waits for the answer any more. */
export function abandoned({ deadline }: Call): StatusError {
  if (deadline && deadline.getTime() <= Date.now()) return new StatusError('DEADLINE_EXCEEDED', 'call.too-late');
  return new StatusError('CANCELLED', 'call.cancelled');
}

function originOf(error: StatusError, call: Call, domain: string, localize: Localize) {
  const [accepted] = call.metadata.get('accept-language');
  return { domain, requestId: call.requestId, localized: localize(error, String(accepted ?? '')) };
}

function lineOf(call: Call, code: keyof typeof status, started: number, traffic: Traffic) {
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
