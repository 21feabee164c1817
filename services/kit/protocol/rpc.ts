import type { MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Call, CallContext } from './call';
import type { Contract, MethodsOf, MethodType } from '../declaration/contract';
import type { CallSpec, DeclaredTypes } from '../declaration';

/** A sequence that arrives over time. */
export type Incoming<T> = AsyncIterable<T>;

/** A sequence to send: any iterable. */
export type Outgoing<T> = AsyncIterable<T> | Iterable<T>;

/** A message to send: made by `create`, or a plain object with some of its fields. */
type Sent<M extends MethodType, Side extends 'input' | 'output'> = MessageInitShape<M[Side]>;

/** A received message, with all its fields. */
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
 * The handlers of a service: a function per method. If the service serves several contracts, such functions per
 * contract.
 */
export type Handlers<T> = T extends DeclaredTypes<infer S, unknown, unknown> ? HandlersOf<S> : never;

type HandlersOf<S> = S extends Contract ? HandlersOfContract<S> : { [Key in keyof S]: HandlersOfContract<S[Key]> };

type HandlersOfContract<C> = C extends Contract ? { [Name in keyof MethodsOf<C>]: Handler<MethodsOf<C>[Name]> } : never;

/** A client with the methods that `only(...)` named. */
export type Client<T> = T extends CallSpec<infer M> ? { [Name in keyof M]: ClientMethod<M[Name]> } : never;

/** A client for code that learns its methods at run time. Its messages are those of protobuf-es. */
export type DynamicClient = Readonly<Record<string, DynamicMethod>>;

/** One method of such a client. Its caller knows the kind, and casts. */
export type DynamicMethod = (request: never, context: CallContext) => unknown;

/** The clients of everything in a service's `calls`. */
export type Clients<T> =
  T extends DeclaredTypes<unknown, infer C, unknown> ? { [Name in keyof C]: Client<C[Name]> } : never;
