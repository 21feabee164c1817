import type { EventEmitter } from 'node:events';
import { type ServiceError, status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { callerOf, IncomingCall, type ServerCall, traceIdOf } from './call';
import type { CallLine, LogCall } from './call-log';
import { abandoned, statusOf, type Translate } from './call-status';
import { type Live, LiveCalls } from './live-calls';
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
  readonly translate: Translate;
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
  /**
   * Around every call: its context, the limit of calls, the log, and the way errors become statuses.
   *
   * @param streams whether the replies are a stream
   */
  answer(server: ServerCall, work: Work, fail: Fail, streams?: boolean): void;
  /** Ends every call that is under way. @param error what their callers get */
  endAll(error: StatusError): void;
}

/**
 * How long the place of a call is kept whose caller has gone, in milliseconds. Handlers that run on cost as much as
 * before; one that waits for what never comes must not cost a place for ever.
 */
const KEPT_FOR_MS = 10_000;

export function createAnswers(options: AnswerOptions): Answers {
  const shared: Shared = { options, live: new LiveCalls(), places: options.maxConcurrentCalls };
  return {
    answer: (server, work, fail, streams = false) => {
      const life = new Life(server, fail, shared);
      if (streams) life.endAtDeadline();
      if (shared.places > 0) void life.run(work);
      else life.fail(tooManyCalls(options.maxConcurrentCalls));
    },
    endAll: (error) => {
      for (const life of shared.live.all()) life.giveUp(error);
    },
  };
}

/** What the calls of a server have in common. */
interface Shared {
  readonly options: AnswerOptions;
  readonly live: LiveCalls<Life>;
  /** How many more calls may come. */
  places: number;
}

function tooManyCalls(limit: number): StatusError {
  const metadata = { limit: String(limit) };
  return new StatusError('RESOURCE_EXHAUSTED', 'server.too-many-calls', metadata, { retryAfterMs: 1_000 });
}

/**
 * One call, which ends exactly once: by its reply, its failure, its caller's leaving, or the end of the server. A class
 * since there are so many of them: closures for each would be most of what the kit costs.
 */
class Life implements CallLine, Live {
  index = 0;
  code: CallLine['code'] = 'OK';
  readonly #call: IncomingCall;
  readonly #traffic: Traffic = { bytesIn: 0, bytesOut: 0 };
  readonly #started = performance.now();
  #deadline: NodeJS.Timeout | undefined;
  #over = false;
  #hasPlace = false;
  #place: NodeJS.Timeout | undefined;

  constructor(
    readonly server: ServerCall,
    readonly send: Fail,
    readonly shared: Shared,
  ) {
    this.#call = new IncomingCall(server, shared.options.log);
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
      await work(this.#call, this.#traffic);
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
    options.logCall(this, thrown ?? error);
  }

  // What the log asks for, if it writes a line.

  get method(): string {
    return this.#call.path;
  }

  get ms(): number {
    return Math.round((performance.now() - this.#started) * 10) / 10;
  }

  get requestId(): string {
    return this.#call.requestId;
  }

  get traceId(): string | undefined {
    return traceIdOf(this.#call.metadata);
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
