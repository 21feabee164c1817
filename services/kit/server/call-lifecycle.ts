import type { EventEmitter } from 'node:events';
import { type ServiceError, status } from '@grpc/grpc-js';
import type { AnswerOptions, Fail, Traffic, Work } from './answer';
import { callerOf, IncomingCall, type ServerCall } from '../protocol/call';
import type { CallLine } from '../logging/call-log';
import { abandoned, statusOf } from '../errors/call-status';
import type { Live, LiveCalls } from './live-calls';
import { toServiceError } from '../errors/status-details';
import { StatusError } from '../errors/status-error';
import type { Measures } from '../telemetry/measures';
import type { MeasuredMethod } from '../telemetry/method';
import { endSpan, startServerTrace, withinTrace } from '../telemetry/server-call';

/** What the calls of a server have in common. */
export interface Shared {
  readonly options: AnswerOptions;
  readonly live: LiveCalls<CallLifecycle>;
  readonly measures: Measures;
  /** How many more calls may come. */
  places: number;
}

/** The path of a method that nobody serves is whatever a caller sends. */
const MAX_LOGGED_PATH = 200;

/**
 * How long the place of a call is kept whose caller has gone, in milliseconds. Handlers that run on cost as much as
 * before; one that waits for what never comes must not cost a place for ever.
 */
const KEPT_FOR_MS = 10_000;

/**
 * One call, which ends exactly once: by its reply, its failure, its caller's leaving, or the end of the server. A class
 * since there are so many of them: closures for each would be most of what the kit costs.
 */
export class CallLifecycle implements CallLine, Live {
  index = 0;
  code: CallLine['code'] = 'OK';
  readonly #call: IncomingCall;
  readonly #traffic: Traffic;
  readonly #started = performance.now();
  #deadline: NodeJS.Timeout | undefined;
  #over = false;
  #hasPlace = false;
  #place: NodeJS.Timeout | undefined;

  constructor(
    readonly server: ServerCall,
    readonly send: Fail,
    readonly shared: Shared,
    readonly measured: MeasuredMethod,
  ) {
    this.#traffic = { bytesIn: 0, bytesOut: 0, messages: measured.messages };
    this.#call = new IncomingCall(server, shared.options.log, startServerTrace(measured, server.metadata));
    (server as EventEmitter).once('cancelled', () => this.leave());
    shared.live.add(this);
  }

  /** grpc-js does it too, but not for a stream that its reader does not read. */
  endAtDeadline(): void {
    const { deadline } = this.#call;
    if (!deadline) return;
    this.#deadline = setTimeout(() => this.leave(), Math.min(deadline.getTime() - Date.now(), 2 ** 31 - 1));
  }

  async run(work: Work): Promise<void> {
    this.shared.places -= 1;
    this.#hasPlace = true;
    try {
      // grpc-js first finishes what it does when a call comes in.
      await Promise.resolve();
      await withinTrace(this.#call.trace, () => work(this.#call, this.#traffic));
      if (!this.#over) this.#end();
    } catch (thrown) {
      this.fail(thrown);
    }
    this.#leavePlace();
  }

  fail(thrown: unknown): void {
    if (this.server.cancelled) this.leave();
    if (this.#over) {
      logLate(this.#call, thrown);
      return;
    }
    const error = statusOf(thrown, this.shared.options.translate);
    this.#end(error, error.code === 'INTERNAL' ? thrown : error);
    // What else the handler has begun is of no more use.
    this.#call.abort();
  }

  /** Its caller has gone, or will hear no more. grpc-js says `cancelled` after every reply too. */
  leave(): void {
    if (this.#over) this.#call.abort();
    else this.giveUp(abandoned(this.#call));
  }

  giveUp(error: StatusError): void {
    this.#end(error);
    if (this.#hasPlace) this.#place = setTimeout(() => this.#leavePlace(), KEPT_FOR_MS).unref();
    this.#call.abort();
  }

  #end(error?: StatusError, thrown?: unknown): void {
    this.#over = true;
    clearTimeout(this.#deadline);
    this.shared.live.delete(this);
    const { options } = this.shared;
    // The answer first: whatever is wrong with the log, the caller has it.
    if (error && !this.server.cancelled) this.send(sendable(error, this.#call, options));
    if (error) this.code = error.code;
    this.#measure();
    options.logCall(this, thrown ?? error);
  }

  #measure(): void {
    const { span } = this.#call.trace;
    this.shared.measures.record(this.measured, this.code, performance.now() - this.#started);
    if (span) endSpan(span, this.measured, this.code);
  }

  // What the log asks for, if it writes a line.

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

  #leavePlace(): void {
    if (this.#hasPlace) this.shared.places += 1;
    this.#hasPlace = false;
    clearTimeout(this.#place);
  }
}

/** What goes wrong when nobody waits any more: that it was given up is no fault, anything else is. */
function logLate(call: IncomingCall, thrown: unknown): void {
  const { name } = thrown instanceof Error ? thrown : { name: '' };
  if (thrown instanceof StatusError || name === 'AbortError') return;
  call.log.error({ err: thrown, method: call.path }, 'a handler failed after its call had ended');
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
