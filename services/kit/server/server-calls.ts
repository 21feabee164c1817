import type { DescMethod } from '@bufbuild/protobuf';
import type { ServerCall } from '../protocol/call';
import { CallLifecycle, type LifecycleOptions, type SendError, type SharedState, type Work } from './call-lifecycle';
import { hasManyReplies } from '../declaration/contract';
import { LiveCalls } from './live-calls';
import { StatusError } from '../errors/status-error';
import { measureLoad, Measures, refusalOf } from '../telemetry/measures';
import type { MeasuredMethod } from '../telemetry/method';

/** Settings of {@link createServerCalls}. */
export interface ServerCallsOptions extends LifecycleOptions {
  /** How many calls may run at once. More are refused, not queued. */
  readonly maxConcurrentCalls: number;
  /** The bounds of the histogram of durations, in seconds. */
  readonly durationBounds?: readonly number[];
}

/** Starts one call. */
export type StartCall = (server: ServerCall, work: Work, sendError: SendError) => void;

/** All calls of a server. */
export interface ServerCalls {
  /** Starts the calls of one method: with their context, the limit of calls, telemetry, the log, and error statuses. */
  of(method: DescMethod): StartCall;
  /** Starts the calls of methods that are not served. */
  readonly unknown: StartCall;
  /** Ends every running call. @param error what the callers get */
  endAll(error: StatusError): void;
}

/** Creates the calls of one server, which share its limit, log and metrics. */
export function createServerCalls(options: ServerCallsOptions): ServerCalls {
  const live = new LiveCalls<CallLifecycle>();
  const measures = new Measures('server', options.durationBounds);
  const refused = measureLoad(() => live.size);
  const shared: SharedState = { options, live, measures, freeSlots: options.maxConcurrentCalls };
  const start =
    (measured: MeasuredMethod, hasStream: boolean, method?: DescMethod): StartCall =>
    (server, work, sendError) => {
      const call = new CallLifecycle(server, sendError, shared, measured, method);
      if (hasStream) call.endAtDeadline();
      if (shared.freeSlots > 0) return void call.run(work);
      const error = tooManyCalls(options.maxConcurrentCalls);
      refused.add(1, refusalOf(measured, error.reason));
      call.fail(error);
    };
  return {
    of: (method) => start(measures.of(method), hasManyReplies(method), method),
    unknown: start(measures.others, true),
    endAll: (error) => {
      for (const call of live.all()) {
        refused.add(1, refusalOf(call.measured, error.reason));
        call.abort(error);
      }
    },
  };
}

function tooManyCalls(limit: number): StatusError {
  const metadata = { limit: String(limit) };
  return new StatusError('RESOURCE_EXHAUSTED', 'server.too-many-calls', metadata, { retryAfterMs: 1_000 });
}
