import type { ServiceError } from '@grpc/grpc-js';
import type { DescMethod } from '@bufbuild/protobuf';
import type { Logger } from 'pino';
import type { IncomingCall, ServerCall } from '../protocol/call';
import { CallLifecycle, type Shared } from './call-lifecycle';
import type { LogCall } from '../logging/call-log';
import type { Translate } from '../errors/call-status';
import { hasManyReplies } from '../declaration/contract';
import { LiveCalls } from './live-calls';
import type { Localize } from '../errors/messages';
import { StatusError } from '../errors/status-error';
import { measureLoad, Measures, refusalOf } from '../telemetry/measures';
import type { MeasuredMethod, MessageCount } from '../telemetry/method';

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
  readonly translate: Translate;
  /** The bounds of the histogram of durations, in seconds. */
  readonly durationBounds?: readonly number[];
}

/** How much was said in a call, in bytes of messages. */
export interface Traffic {
  bytesIn: number;
  bytesOut: number;
  /** Counts them, where they are a stream. */
  readonly messages: MessageCount | undefined;
}

/** Does what a call asks for. It ends by what it returns or throws, or because nobody waits any more. */
export type Work = (call: IncomingCall, traffic: Traffic) => Promise<void> | void;

/** Sends an error, which ends a call. */
export type Fail = (error: Partial<ServiceError>) => void;

/** Answers a call of one method. */
export type Answer = (server: ServerCall, work: Work, fail: Fail) => void;

/** All the calls of a server. */
export interface Answers {
  /** Around every call of a method: its context, the limit of calls, telemetry, the log, and how errors become statuses. */
  of(method: DescMethod): Answer;
  /** Around the calls of methods that nobody serves. */
  readonly unknown: Answer;
  /** Ends every call that is under way. @param error what their callers get */
  endAll(error: StatusError): void;
}

export function createAnswers(options: AnswerOptions): Answers {
  const live = new LiveCalls<CallLifecycle>();
  const measures = new Measures('server', options.durationBounds);
  const refused = measureLoad(() => live.size);
  const shared: Shared = { options, live, measures, places: options.maxConcurrentCalls };
  const answer =
    (measured: MeasuredMethod, streams: boolean): Answer =>
    (server, work, fail) => {
      const call = new CallLifecycle(server, fail, shared, measured);
      if (streams) call.endAtDeadline();
      if (shared.places > 0) return void call.run(work);
      const error = tooManyCalls(options.maxConcurrentCalls);
      refused.add(1, refusalOf(measured, error.reason));
      call.fail(error);
    };
  return {
    of: (method) => answer(measures.of(method), hasManyReplies(method)),
    unknown: answer(measures.others, true),
    endAll: (error) => {
      for (const call of live.all()) {
        refused.add(1, refusalOf(call.measured, error.reason));
        call.giveUp(error);
      }
    },
  };
}

function tooManyCalls(limit: number): StatusError {
  const metadata = { limit: String(limit) };
  return new StatusError('RESOURCE_EXHAUSTED', 'server.too-many-calls', metadata, { retryAfterMs: 1_000 });
}
