import type { ServiceError } from '@grpc/grpc-js';
import { StatusError } from './status-error';

/** Describes the failure of a call for a person: a status keeps gRPC's own text, which names the address that did not answer. */
export function describeCallError(error: Error): string {
  if (!(error instanceof StatusError)) return error.message;
  const { details } = (error.cause ?? {}) as Partial<ServiceError>;
  return `${error.code}: ${details ?? error.message}`;
}
