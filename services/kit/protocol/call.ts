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
import { REQUEST_ID } from '../telemetry/names';
import { type CallTrace, logIdsOf } from '../telemetry/server-call';
import { REQUEST_ID_HEADER, requestIdOr } from './request-id';

/** grpc-js's call on a server, of any kind. */
export type ServerCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** The context in which a client makes a call: its deadline, its cancellation, and the metadata to forward. */
export interface CallContext {
  /** When the caller stops waiting. */
  readonly deadline: Date | undefined;
  /** Aborts when the caller has left or the deadline has passed. */
  readonly signal: AbortSignal | undefined;
  /** Metadata to send with the calls made in this context. */
  readonly forwarded: Metadata;
  /** True if `forwarded` comes from the code itself and not from a caller: outside services then get all of it. */
  readonly own?: true;
  /** The call being answered. Calls made for it end with it. */
  readonly parent?: ParentCall;
}

/** The part of a call that calls made for it use. */
export interface ParentCall {
  readonly forwarded: Metadata;
  /** The trace that they belong to. */
  readonly trace: CallTrace;
  /** Calls a listener once when the call aborts, or now if it already has. @returns a function that stops listening */
  onAbort(listener: () => void): () => void;
}

/** The call that a handler answers. */
export interface Call extends CallContext {
  /** Such as `/weft.user.v1.UserInfoService/GetUserInfo`. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** The caller's `x-request-id`, or a new one. */
  readonly requestId: string;
  /** The user for whom the call is made, if the call names one. */
  readonly user: { readonly id: string } | undefined;
  /** The caller's metadata. */
  readonly metadata: Metadata;
  /** Sent ahead of the first reply; set it before that. */
  readonly replyMetadata: Metadata;
  readonly log: Logger;
}

/** Metadata that is forwarded to every service that a request reaches. Binary metadata is forwarded too. */
const FORWARDED = [
  REQUEST_ID_HEADER,
  'user-id',
  'authorization',
  'accept-language',
  'x-weft-lane',
  'traceparent',
  'tracestate',
];

/** The part that outside services get: it neither names the user nor lets anyone act as the user. */
const FORWARDED_OUTSIDE = [REQUEST_ID_HEADER, 'accept-language', 'traceparent', 'tracestate'];

/**
 * A context for code that is not answering a call: a command, a test, the edge.
 *
 * @param options.timeout the longest time to wait
 * @param options.signal aborts the calls made in this context
 * @param options.metadata sent with them
 * @throws Error for metadata that HTTP/2 does not allow
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

/** Headers of one connection, or of a body. With one of them Node throws, hangs, or breaks the call. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'te',
];

/** @throws Error that names the first such header */
export function refuseHopByHop(metadata: Metadata): void {
  const found = HOP_BY_HOP.find((name) => metadata.get(name).length > 0);
  if (found !== undefined)
    throw new Error(`metadata cannot have "${found}": HTTP/2 does not allow it as a request header`);
}

/**
 * The context of an incoming call. It is a class for speed: V8 gives each object literal with getters a hidden class of
 * its own, and those cost a server more than everything else that the kit does for a call.
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
    this.requestId = requestIdOr(text(metadata, REQUEST_ID_HEADER));
    trace.span?.setAttribute(REQUEST_ID, this.requestId);
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

  /** Tells all listeners that the reply is no longer wanted. */
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

  // Made on demand, since most handlers never use these, and together they cost more than the rest of the call.

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
 * The metadata to forward. A copy of a call (`{ ...call, deadline }`) has lost its getters, so this asks the parent.
 *
 * @param isOutside whether the callee is not deployed by Weft
 */
export function forwardedOf(context: CallContext, isOutside = false): Metadata {
  const { forwarded, own = false } = context as Partial<CallContext>;
  const all = forwarded ?? context.parent?.forwarded ?? new Metadata();
  return isOutside && !own ? only(all, FORWARDED_OUTSIDE) : all;
}

function forward(metadata: Metadata, requestId: string, { context }: CallTrace): Metadata {
  const binary = Object.keys(metadata.getMap()).filter((name) => name.endsWith('-bin') && !name.startsWith('grpc-'));
  const forwarded = only(metadata, [...FORWARDED, ...binary]);
  forwarded.set(REQUEST_ID_HEADER, requestId);
  if (context) injectContext(context, forwarded);
  return forwarded;
}

function only(metadata: Metadata, names: readonly string[]): Metadata {
  const some = new Metadata();
  for (const name of names) for (const value of metadata.get(name)) some.add(name, value);
  return some;
}

/**
 * The calling service: the identity that the mesh has verified, else the name that the client claims.
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
  // A handler may make any number of calls, each with a listener.
  setMaxListeners(0, controller.signal);
  call.onAbort(() => controller.abort());
  return controller.signal;
}
