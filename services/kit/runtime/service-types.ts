import type { Logger } from 'pino';
import type * as z from 'zod';
import type { Environment } from '../client/target';
import type { DeclaredTypes, Serves } from '../declaration';
import type { Messages } from '../errors/messages';
import type { Database } from '../mongo/store';
import type { ClientInterceptor, ServerInterceptor } from '../protocol/interceptor';
import type { Clients, Handlers } from '../protocol/rpc';
import type { Health } from '../server/health';
import type { HttpServer } from '../server/listener';

/** What `create` gets to build a service from. */
export interface Dependencies<T, Settings = unknown> {
  /** By the names in `calls`. They have only the declared methods. */
  readonly clients: Clients<T>;
  /** The database, if the declaration has a store. Ask it for a collection at each use. */
  readonly mongo: T extends DeclaredTypes<unknown, unknown, 'mongodb'> ? Database : undefined;
  readonly settings: Settings;
  readonly health: Pick<Health, 'serving'>;
  readonly log: Logger;
}

/** What `create` returns: handlers, or an HTTP server. */
export type Implementation<T> =
  T extends DeclaredTypes<infer S, unknown, unknown> ? (Serves extends S ? HttpServer : Handlers<T>) : never;

/** Builds a service from its dependencies. It runs again if the store fails in the middle of it. */
export type Create<T, Settings> = (
  dependencies: Dependencies<T, Settings>,
) => Implementation<T> | Promise<Implementation<T>>;

/** Options of a service beyond its declaration. */
export interface RunOptions<Settings> {
  /** Its own settings, read from the environment and checked with all others. */
  settings?: z.ZodType<Settings>;
  /** Texts for people, by the reasons of its errors. */
  messages?: Messages;
  /** Wrap the calls that it answers. The first is outermost. */
  interceptors?: readonly ServerInterceptor[];
  /** Wrap the calls that it makes with its `clients`. The first is outermost. */
  clientInterceptors?: readonly ClientInterceptor[];
}

/** A running service. */
export interface RunningService {
  readonly port: number;
  /** Refuses new calls, finishes the running ones, and closes everything. */
  stop(): Promise<void>;
}

/** Options of `startService`. */
export interface StartOptions<Settings> extends RunOptions<Settings> {
  environment: Environment;
  /** Aborts the start. */
  signal: AbortSignal;
}
