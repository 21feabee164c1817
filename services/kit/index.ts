/**
 * What the authors of services use. Declarations import `kit/declaration` instead, which starts nothing.
 *
 * @module
 */
export { connect, type Connection } from './client/client';
export type { ConnectOptions } from './client/channel';
export type { Messages, Translations } from './errors/messages';
export {
  type FieldViolation,
  invalidArgument,
  type StatusCode,
  type StatusDetails,
  StatusError,
} from './errors/status-error';
export type { Database } from './mongo/store';
export { type Call, type CallContext, rootCall } from './protocol/call';
export type {
  ClientInterceptor,
  InterceptedCall,
  Interceptor,
  MessageStream,
  Next,
  OutgoingCall,
  ServedCall,
  ServerInterceptor,
} from './protocol/interceptor';
export type { Client, Clients, DynamicClient, Handlers, Incoming, Outgoing } from './protocol/rpc';
export { run } from './runtime/run';
export type { Create, Dependencies, RunOptions } from './runtime/service-types';
export { batch, type BatchOptions } from './streams/batch';
