import type { Contract, MethodType } from '../../proto/contract';
import type { Call, CallContext } from './call';
import type { CallSpec, DeclaredTypes } from './spec';

/** A sequence that may come in over time. */
export type Incoming<T> = AsyncIterable<T>;

/** A sequence to send: any iterable will do. */
export type Outgoing<T> = AsyncIterable<T> | Iterable<T>;

/** The function that answers one method. */
export type Handler<M extends MethodType> = {
  unary: (request: M['requestOut'], call: Call) => Promise<M['replyIn']> | M['replyIn'];
  clientStream: (requests: Incoming<M['requestOut']>, call: Call) => Promise<M['replyIn']>;
  serverStream: (request: M['requestOut'], call: Call) => Outgoing<M['replyIn']>;
  bidi: (requests: Incoming<M['requestOut']>, call: Call) => Outgoing<M['replyIn']>;
}[M['kind']];

/** The function that calls one method. */
export type ClientMethod<M extends MethodType> = {
  unary: (request: M['requestIn'], context: CallContext) => Promise<M['replyOut']>;
  clientStream: (requests: Outgoing<M['requestIn']>, context: CallContext) => Promise<M['replyOut']>;
  serverStream: (request: M['requestIn'], context: CallContext) => Incoming<M['replyOut']>;
  bidi: (requests: Outgoing<M['requestIn']>, context: CallContext) => Incoming<M['replyOut']>;
}[M['kind']];

/**
 * What a service implements: a function per method; where it serves several contracts by name, those
 * functions per contract.
 */
export type Handlers<T> = T extends DeclaredTypes<infer S, unknown, unknown> ? HandlersOf<S> : never;

type HandlersOf<S> = S extends Contract ? HandlersOfContract<S> : { [Key in keyof S]: HandlersOfContract<S[Key]> };

type HandlersOfContract<C> = C extends Contract<infer M> ? { [Name in keyof M]: Handler<M[Name]> } : never;

/** A client of what `only(...)` named. */
export type Client<T> = T extends CallSpec<infer M> ? { [Name in keyof M]: ClientMethod<M[Name]> } : never;

/** The clients of everything a service declared that it calls. */
export type Clients<T> =
  T extends DeclaredTypes<unknown, infer C, unknown> ? { [Name in keyof C]: Client<C[Name]> } : never;
