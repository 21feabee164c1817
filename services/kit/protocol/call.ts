import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { DescMethod } from '@bufbuild/protobuf';
import {
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { type Duration, parseDuration } from '../declaration/duration';
import { injectContext } from '../telemetry/propagation';
import { type CallTrace, logIdsOf } from '../telemetry/server-call';

/** A call of grpc-js on the server, of any kind. */
export type ServerCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** What a client passes on: who waits, until when, and what travels along. */
export interface CallContext {
  /** When the answer is of no more use. */
  readonly deadline: Date | undefined;
  /** Aborts when the caller has gone or the deadline has passed. */
  readonly signal: AbortSignal | undefined;
  /** Sent along with calls made for this one. */
  readonly forwarded: Metadata;
  /** Whether that is what the code itself says, and no caller's: then it also goes to services that others run. */
  readonly own?: true;
  /** The call being answered, with which those end that are made for it. */
  readonly parent?: ParentCall;
}

/** What calls made for a call take from it. */
export interface ParentCall {
  readonly forwarded: Metadata;
  /** The trace that they are part of. */
  readonly trace: CallTrace;
  /** Told once, at once where the call has been given up already. @returns a function that stops listening */
  onAbort(listener: () => void): () => void;
}

/** The call that a handler answers. */
export interface Call extends CallContext {
  /** For example `/weft.user.v1.UserInfoService/GetUserInfo`. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** From the caller's `request-id`, or made here. */
  readonly requestId: string;
  /** Who asks, where the call says so. */
  readonly user: { readonly id: string } | undefined;
  /** What the caller sent. */
  readonly metadata: Metadata;
  /** What the caller gets ahead of the reply; set it before the first reply. */
  readonly replyMetadata: Metadata;
  readonly log: Logger;
}

/** Metadata that belongs to the whole request and so goes along to every service it reaches, as all binary does. */
const FORWARDED = [
  'request-id',
  'user-id',
  'authorization',
  'accept-language',
  'x-weft-lane',
  'traceparent',
  'tracestate',
];

/** What of it a service gets that somebody else runs: nothing that says who asks, or lets anybody act for them. */
const FORWARDED_OUTSIDE = ['request-id', 'accept-language', 'traceparent', 'tracestate'];

/**
 * A context where there is no call to answer: a command, a test, the edge.
 *
 * @throws Error for metadata that HTTP/2 does not carry
 *
 * @param options.timeout how long to wait at most
 * @param options.signal aborts the calls made with it
 * @param options.metadata sent along
 */
export function rootCall(options: { timeout?: Duration; signal?: AbortSignal; metadata?: Metadata }): CallContext {
  if (options.metadata) refuseHopByHop(options.metadata);
  return {
    deadline: options.timeout === undefined ? undefined : new Date(Date.now() + parseDuration(options.timeout)),
    signal: options.signal,
    forwarded: options.metadata ?? new Metadata(),
    own: true,
  };
}

/** What names a header of one connection, or of a body; Node throws, or hangs, or sends it and breaks the call. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'te',
];

/** @throws Error that names it */
export function refuseHopByHop(metadata: Metadata): void {
  const found = HOP_BY_HOP.find((name) => metadata.get(name).length > 0);
  if (found !== undefined) throw new Error(`metadata cannot have "${found}": it is a header of connections`);
}

/**
 * The context of a call that has come in. A class for speed alone: an object literal with getters gets a hidden class of its own for each call, and those
 * cost a server more than all else that the kit does for a call.
 */
export class IncomingCall implements Call, ParentCall {
  readonly parent = this;
  readonly path: string;
  readonly deadline: Date | undefined;
  readonly requestId: string;
  readonly metadata: Metadata;
  readonly replyMetadata = new Metadata();
  readonly #log: Logger;
  #onAbort: Set<() => void> | undefined;
  #aborted = false;
  #signal: AbortSignal | undefined;
  #forwarded: Metadata | undefined;
  #childLog: Logger | undefined;

  constructor(
    server: ServerCall,
    log: Logger,
    readonly trace: CallTrace,
    /** Undefined where no contract has the method; no handler gets such a call. */
    readonly method: DescMethod | undefined,
  ) {
    const { metadata } = server;
    this.path = server.getPath();
    this.deadline = deadlineOf(server);
    this.requestId = requestIdOf(metadata);
    this.metadata = metadata;
    this.#log = log;
  }

  get user(): { readonly id: string } | undefined {
    const id = text(this.metadata, 'user-id');
    return id === undefined ? undefined : { id };
  }

  /** Also changes what is forwarded. */
  set user(user: { readonly id: string } | undefined) {
    if (user) this.metadata.set('user-id', user.id);
    else this.metadata.remove('user-id');
    this.#forwarded = undefined;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Says that nobody waits for the answer any more. */
  abort(): void {
    this.#aborted = true;
    const listeners = this.#onAbort ?? [];
    this.#onAbort = undefined;
    for (const listener of listeners) listener();
  }

  onAbort(listener: () => void): () => void {
    if (this.#aborted) listener();
    else (this.#onAbort ??= new Set()).add(listener);
    return () => void this.#onAbort?.delete(listener);
  }

  // Most handlers never ask for these, and making them costs more than the rest of this together.

  get signal(): AbortSignal {
    return (this.#signal ??= signalOf(this));
  }

  get forwarded(): Metadata {
    return (this.#forwarded ??= forward(this.metadata, this.requestId, this.trace));
  }

  get log(): Logger {
    return (this.#childLog ??= this.#log.child({ requestId: this.requestId, ...logIdsOf(this.trace) }));
  }
}

/**
 * What to send along, also for a copy of a call (`{ ...call, deadline }`), which has lost what is made on demand.
 *
 * @param outside whether it goes to a service that somebody else runs
 */
export function forwardedOf(context: CallContext, outside = false): Metadata {
  const { forwarded, own = false } = context as Partial<CallContext>;
  const all = forwarded ?? context.parent?.forwarded ?? new Metadata();
  return outside && !own ? only(all, FORWARDED_OUTSIDE) : all;
}

/** The caller's own, where it is one that can be carried on and logged. */
function requestIdOf(metadata: Metadata): string {
  const given = text(metadata, 'request-id');
  return given !== undefined && /^[\w.:+/=-]{1,128}$/.test(given) ? given : randomUUID();
}

function forward(metadata: Metadata, requestId: string, { context }: CallTrace): Metadata {
  const binary = Object.keys(metadata.getMap()).filter((name) => name.endsWith('-bin') && !name.startsWith('grpc-'));
  const forwarded = only(metadata, [...FORWARDED, ...binary]);
  forwarded.set('request-id', requestId);
  if (context) injectContext(context, forwarded);
  return forwarded;
}

function only(metadata: Metadata, names: readonly string[]): Metadata {
  const some = new Metadata();
  for (const name of names) for (const value of metadata.get(name)) some.add(name, value);
  return some;
}

/**
 * The service that makes a call: the identity that the mesh has proven, else the name that the client gives itself.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert
 */
export function callerOf(metadata: Metadata): string | undefined {
  const proven = text(metadata, 'x-forwarded-client-cert')?.split(',').at(-1);
  const [, account] = /(?:^|;)URI="?spiffe:\/\/[^;"]*\/sa\/([^;"]+)/.exec(proven ?? '') ?? [];
  if (account !== undefined) return account;
  const [, name] = /^(?!grpc-)([\w.-]+) grpc-/.exec(text(metadata, 'user-agent') ?? '') ?? [];
  return name;
}

function text(metadata: Metadata, name: string): string | undefined {
  const [value] = metadata.get(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function deadlineOf(server: ServerCall): Date | undefined {
  const deadline = server.getDeadline();
  if (deadline instanceof Date) return deadline;
  return Number.isFinite(deadline) ? new Date(deadline) : undefined;
}

function signalOf(call: ParentCall): AbortSignal {
  const controller = new AbortController();
  // One call may have any number of others made for it.
  setMaxListeners(0, controller.signal);
  call.onAbort(() => controller.abort());
  return controller.signal;
}
