import type { ServiceError } from '@grpc/grpc-js';
import { StatusError } from '../../../services/kit/errors/status-error';

/** An error for whoever typed a command: a status as gRPC itself put it, with the address that did not answer. */
export function describeError(error: Error): string {
  if (!(error instanceof StatusError)) return error.message;
  const { details } = (error.cause ?? {}) as Partial<ServiceError>;
  return `${error.code}: ${details ?? error.message}`;
}
