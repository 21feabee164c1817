import type { EventEmitter } from 'node:events';
import type { DescMethod } from '@bufbuild/protobuf';
import { type ServiceError, status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { callerOf, IncomingCall, type ServerCall } from '../protocol/call';
import type { CallLine, LogCall } from '../logging/call-log';
import { abandoned, statusOf, type Translate } from '../errors/call-status';
import type { Localize } from '../errors/messages';
import type { Live, LiveCalls } from './live-calls';
import { toServiceError } from '../errors/status-details';
import { StatusError } from '../errors/status-error';
import type { Measures } from '../telemetry/measures';
import type { MeasuredMethod, MessageCount } from '../telemetry/method';
import { endSpan, startServerTrace, withinTrace } from '../telemetry/server-call';

/** Settings that apply to every call of a server. */
export interface LifecycleOptions {
  /** The service's name. */
  readonly service: string;
  readonly log: Logger;
  readonly logCall: LogCall;
  readonly localize: Localize;
  /** Translates exceptions of libraries that mean something to a caller. */
  readonly translate: Translate;
}

/** State that the calls of a server share. */
export interface SharedState {
  readonly options: LifecycleOptions;
  readonly live: LiveCalls<CallLifecycle>;
  readonly measures: Measures;
  /** How many more calls may start. */
  freeSlots: number;
}

/** Counts the bytes and messages of one call. */
export interface CallTraffic {
  bytesIn: number;
  bytesOut: number;
  /** Set for methods with a stream. */
  readonly messages: MessageCount | undefined;
}

/** Answers a call. The call ends with what this returns or throws, or earlier when the caller leaves. */
export type Work = (call: IncomingCall, traffic: CallTraffic) => Promise<void> | void;

/** Sends an error, which ends a call. */
export type SendError = (error: Partial<ServiceError>) => void;

/** Callers choose the paths of unknown methods, so the log shortens them. */
const MAX_LOGGED_PATH = 200;

/**
 * A cancelled call keeps its concurrency slot until its handler returns, since a running handler costs as much as
 * before. After this many milliseconds the slot is released anyway: the handler may never return.
 */
const SLOT_KEPT_MS = 10_000;

/**
 * One call, which ends exactly once: by its reply, its failure, its caller's cancellation, or the end of the server.
 * It is a class for speed: a set of closures per call would be most of the kit's cost.
 */
export class CallLifecycle implements CallLine, Live {
  index = 0;
  code: CallLine['code'] = 'OK';
  readonly #call: IncomingCall;
  readonly #traffic: CallTraffic;
  readonly #started = performance.now();
  #deadlineTimer: NodeJS.Timeout | undefined;
  #hasEnded = false;
  #holdsSlot = false;
  #slotTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly server: ServerCall,
    readonly sendError: SendError,
    readonly shared: SharedState,
    readonly measured: MeasuredMethod,
    method: DescMethod | undefined,
  ) {
    this.#traffic = { bytesIn: 0, bytesOut: 0, messages: measured.messages };
    this.#call = new IncomingCall(server, shared.options.log, startServerTrace(measured, server.metadata), method);
    (server as EventEmitter).once('cancelled', () => this.cancel());
    shared.live.add(this);
  }

  /** grpc-js ends calls at their deadline too, but misses a stream whose requests are not being read. */
  endAtDeadline(): void {
    const { deadline } = this.#call;
    if (!deadline) return;
    this.#deadlineTimer = setTimeout(() => this.cancel(), Math.min(deadline.getTime() - Date.now(), 2 ** 31 - 1));
  }

  async run(work: Work): Promise<void> {
    this.shared.freeSlots -= 1;
    this.#holdsSlot = true;
    try {
      // grpc-js is still setting up the call in this turn.
      await Promise.resolve();
      await withinTrace(this.#call.trace, () => work(this.#call, this.#traffic));
      if (!this.#hasEnded) this.#end();
    } catch (thrown) {
      this.fail(thrown);
    }
    this.#releaseSlot();
  }

  fail(thrown: unknown): void {
    if (this.server.cancelled) this.cancel();
    if (this.#hasEnded) {
      logLateFailure(this.#call, thrown);
      return;
    }
    const error = statusOf(thrown, this.shared.options.translate);
    this.#end(error, error.code === 'INTERNAL' ? thrown : error);
    // Stops whatever else the handler has started.
    this.#call.abort();
  }

  /** Ends the call because its caller left or its deadline passed. grpc-js emits `cancelled` after every reply too. */
  cancel(): void {
    if (this.#hasEnded) this.#call.abort();
    else this.abort(abandoned(this.#call));
  }

  /** Ends the call with an error while its handler may still run. */
  abort(error: StatusError): void {
    this.#end(error);
    if (this.#holdsSlot) this.#slotTimer = setTimeout(() => this.#releaseSlot(), SLOT_KEPT_MS).unref();
    this.#call.abort();
  }

  #end(error?: StatusError, thrown?: unknown): void {
    this.#hasEnded = true;
    clearTimeout(this.#deadlineTimer);
    this.shared.live.delete(this);
    const { options } = this.shared;
    // Answers before it logs, so that the caller gets the error even if logging fails.
    if (error && !this.server.cancelled) this.sendError(sendable(error, this.#call, options));
    if (error) this.code = error.code;
    this.#measure();
    options.logCall(this, thrown ?? error);
  }

  #measure(): void {
    const { span } = this.#call.trace;
    this.shared.measures.record(this.measured, this.code, performance.now() - this.#started);
    if (span) endSpan(span, this.measured, this.code);
  }

  #releaseSlot(): void {
    if (this.#holdsSlot) this.shared.freeSlots += 1;
    this.#holdsSlot = false;
    clearTimeout(this.#slotTimer);
  }

  // Getters, since most calls are never logged.

  get method(): string {
    return this.#call.path.slice(0, MAX_LOGGED_PATH);
  }

  get ms(): number {
    return Math.round((performance.now() - this.#started) * 10) / 10;
  }

  get requestId(): string {
    return this.#call.requestId;
  }

  get trace(): IncomingCall['trace'] {
    return this.#call.trace;
  }

  get caller(): string | undefined {
    return callerOf(this.#call.metadata);
  }

  get bytesIn(): number {
    return this.#traffic.bytesIn;
  }

  get bytesOut(): number {
    return this.#traffic.bytesOut;
  }
}

/** Logs what fails after the end of a call. Errors that come from its cancellation are expected. */
function logLateFailure(call: IncomingCall, thrown: unknown): void {
  const { name } = thrown instanceof Error ? thrown : { name: '' };
  if (thrown instanceof StatusError || name === 'AbortError') return;
  call.log.error({ err: thrown, method: call.path }, 'a handler failed after its call had ended');
}

/** Converts an error for grpc-js. One that cannot be converted still ends the call, as INTERNAL. */
function sendable(error: StatusError, call: IncomingCall, options: LifecycleOptions): Partial<ServiceError> {
  try {
    const [accepted] = call.metadata.get('accept-language');
    const localized = options.localize(error, String(accepted ?? ''));
    return toServiceError(error, { domain: options.service, requestId: call.requestId, localized });
  } catch (err) {
    call.log.error({ err }, 'an error could not be sent');
    return { code: status.INTERNAL, details: 'internal' };
  }
}
