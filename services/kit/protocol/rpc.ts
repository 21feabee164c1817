import type { MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Call, CallContext } from './call';
import type { Contract, MethodsOf, MethodType } from '../declaration/contract';
import type { CallSpec, DeclaredTypes } from '../declaration';

/** A sequence that may come in over time. */
export type Incoming<T> = AsyncIterable<T>;

/** A sequence to send: any iterable will do. */
export type Outgoing<T> = AsyncIterable<T> | Iterable<T>;

/** A message as it is sent: one that `create` has made, or a plain object with some of its fields. */
type Sent<M extends MethodType, Side extends 'input' | 'output'> = MessageInitShape<M[Side]>;

/** A message as it arrives, with all its fields. */
type Received<M extends MethodType, Side extends 'input' | 'output'> = MessageShape<M[Side]>;

/** The function that answers one method. */
export type Handler<M extends MethodType> = {
  unary: (request: Received<M, 'input'>, call: Call) => Promise<Sent<M, 'output'>> | Sent<M, 'output'>;
  client_streaming: (requests: Incoming<Received<M, 'input'>>, call: Call) => Promise<Sent<M, 'output'>>;
  server_streaming: (request: Received<M, 'input'>, call: Call) => Outgoing<Sent<M, 'output'>>;
  bidi_streaming: (requests: Incoming<Received<M, 'input'>>, call: Call) => Outgoing<Sent<M, 'output'>>;
}[M['methodKind']];

/** The function that calls one method. */
export type ClientMethod<M extends MethodType> = {
  unary: (request: Sent<M, 'input'>, context: CallContext) => Promise<Received<M, 'output'>>;
  client_streaming: (requests: Outgoing<Sent<M, 'input'>>, context: CallContext) => Promise<Received<M, 'output'>>;
  server_streaming: (request: Sent<M, 'input'>, context: CallContext) => Incoming<Received<M, 'output'>>;
  bidi_streaming: (requests: Outgoing<Sent<M, 'input'>>, context: CallContext) => Incoming<Received<M, 'output'>>;
}[M['methodKind']];

/**
 * What a service implements: a function per method; where it serves several contracts by name, those
 * functions per contract.
 */
export type Handlers<T> = T extends DeclaredTypes<infer S, unknown, unknown> ? HandlersOf<S> : never;

type HandlersOf<S> = S extends Contract ? HandlersOfContract<S> : { [Key in keyof S]: HandlersOfContract<S[Key]> };

type HandlersOfContract<C> = C extends Contract ? { [Name in keyof MethodsOf<C>]: Handler<MethodsOf<C>[Name]> } : never;

/** A client of what `only(...)` named. */
export type Client<T> = T extends CallSpec<infer M> ? { [Name in keyof M]: ClientMethod<M[Name]> } : never;

/** A client for code that learns its methods only when it runs: it sends and gets messages as protobuf-es has them. */
export type DynamicClient = Readonly<Record<string, DynamicMethod>>;

/** One method of such a client; whoever calls it knows the kind, and casts. */
export type DynamicMethod = (request: never, context: CallContext) => unknown;

/** The clients of everything a service declared that it calls. */
export type Clients<T> =
  T extends DeclaredTypes<unknown, infer C, unknown> ? { [Name in keyof C]: Client<C[Name]> } : never;
